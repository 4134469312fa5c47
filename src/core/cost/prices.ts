/**
 * List prices of AWS as data: one list for each Region, with the source and the date of each price.
 * Free tiers, discounts and taxes are left out.
 */

/** Source of a price: a page of AWS, or another page that quotes AWS. */
export type PriceEvidence = 'aws-page' | 'second-hand';

/** Price of a part of a month's quantity. */
export interface PriceStep {
  /** End of the step in units; it begins at the end of the last one. Absent for the last step. */
  readonly upTo?: number;
  /** US dollars per unit. */
  readonly usd: number;
}

/** The price of one unit. */
export interface Price {
  /** Name of the unit. */
  readonly unit: string;
  /** In order. The last has no end. */
  readonly steps: readonly PriceStep[];
  /** URL where AWS publishes it. */
  readonly source: string;
  readonly evidence: PriceEvidence;
  /** ISO date of the last check. */
  readonly checkedOn: string;
}

const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const VPC = 'https://aws.amazon.com/privatelink/pricing/';

type Known = Pick<Price, 'source' | 'evidence'>;
const CHECKED_ON = '2026-11-23';
const stepped = (unit: string, steps: readonly PriceStep[], known: Known): Price => ({
  unit,
  steps,
  ...known,
  checkedOn: CHECKED_ON,
});
const flat = (unit: string, usd: number, known: Known): Price => stepped(unit, [{ usd }], known);
const secondHand = (source: string): Known => ({ source, evidence: 'second-hand' });

const US_EAST_1 = {
  /** Prorated by the hour, and only while data arrives. */
  metric: stepped(
    'metric-month',
    [{ upTo: 10_000, usd: 0.3 }, { upTo: 250_000, usd: 0.1 }, { upTo: 1_000_000, usd: 0.05 }, { usd: 0.02 }],
    secondHand(CLOUDWATCH),
  ),
  alarm: flat('alarm-month', 0.1, secondHand(CLOUDWATCH)),
  /** For each metric that the query of an alarm analyses. */
  queriedMetric: flat('analysed metric-month', 0.1, secondHand(CLOUDWATCH)),
  dashboard: flat('dashboard-month', 3, secondHand(CLOUDWATCH)),
  /** A request for the states of alarms. */
  cloudWatchRequest: flat('request', 0.01e-3, secondHand(CLOUDWATCH)),
  /** Logs of Lambda functions, standard class. */
  logIngestion: stepped(
    'GB',
    [{ upTo: 10_000, usd: 0.5 }, { upTo: 30_000, usd: 0.25 }, { upTo: 50_000, usd: 0.1 }, { usd: 0.05 }],
    secondHand(CLOUDWATCH),
  ),
  logStorage: flat('GB-month', 0.03, secondHand(CLOUDWATCH)),
  lambdaRequest: flat('request', 0.2e-6, secondHand('https://aws.amazon.com/lambda/pricing/')),
  /** On ARM. */
  lambdaGbSecond: flat('GB-second', 0.0000133334, secondHand('https://aws.amazon.com/lambda/pricing/')),
  schedule: flat('invocation', 1e-6, secondHand('https://aws.amazon.com/eventbridge/pricing/')),
  s3Put: flat('request', 0.005e-3, secondHand('https://aws.amazon.com/s3/pricing/')),
  s3Get: flat('request', 0.0004e-3, secondHand('https://aws.amazon.com/s3/pricing/')),
  s3Storage: flat('GB-month', 0.023, secondHand('https://aws.amazon.com/s3/pricing/')),
  dynamoDbWrite: flat('write unit', 0.625e-6, secondHand('https://aws.amazon.com/dynamodb/pricing/on-demand/')),
  dynamoDbRead: flat('read unit', 0.125e-6, secondHand('https://aws.amazon.com/dynamodb/pricing/on-demand/')),
  stateTransition: flat('transition', 0.025e-3, {
    source: 'https://aws.amazon.com/step-functions/pricing/',
    evidence: 'aws-page',
  }),
  /** For S3: the functions need no other endpoint, unless their login needs Secrets Manager. */
  gatewayEndpoint: flat(
    'endpoint-hour',
    0,
    secondHand('https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html'),
  ),
  interfaceEndpoint: flat('endpoint-hour in a zone', 0.01, secondHand(VPC)),
  /** For each direction: a byte that crosses is paid twice. */
  crossZone: flat('GB', 0.01, secondHand('https://aws.amazon.com/ec2/pricing/on-demand/')),
} as const satisfies Record<string, Price>;

/** Name of a price. */
export type PriceName = keyof typeof US_EAST_1;
/** Prices of one Region. */
export type PriceList = Readonly<Record<PriceName, Price>>;

/** Price lists by Region. */
export const PRICES = { 'us-east-1': US_EAST_1 } as const satisfies Record<string, PriceList>;

/** A Region with a price list. */
export type PricedRegion = keyof typeof PRICES;
/** The Regions with a price list. */
export const PRICED_REGIONS: readonly PricedRegion[] = ['us-east-1'];

/** US dollars for a quantity. */
export function costOf({ steps }: Price, quantity: number): number {
  let from = 0;
  let usd = 0;
  for (const step of steps) {
    const upTo = step.upTo ?? Number.POSITIVE_INFINITY;
    usd += Math.max(0, Math.min(quantity, upTo) - from) * step.usd;
    from = upTo;
  }
  return usd;
}
