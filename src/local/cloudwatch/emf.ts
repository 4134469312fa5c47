/**
 * Reads one document in CloudWatch's embedded metric format. It refuses loudly
 * what CloudWatch would drop silently.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import { z } from 'zod';

/** One metric with the dimensions that identify it. */
export interface MetricSeries {
  readonly namespace: string;
  readonly name: string;
  /** Values as CloudWatch stores them: encoded ASCII. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Observations of one series at one instant. */
export interface MetricDatum extends MetricSeries {
  readonly atMs: number;
  readonly values: readonly number[];
}

/** Most bytes of a log event. CloudWatch cuts a longer one, which is then not JSON. */
const MAX_EVENT_BYTES = 1_048_576;
/** Most values of one metric in a document, and most metrics in a directive. */
const MAX_VALUES = 100;

const nameSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII');
const valuesSchema = z.union([
  z.number().transform((value) => [value]),
  z
    .array(z.number())
    .min(1)
    .max(MAX_VALUES, `must hold at most ${MAX_VALUES} values; send the rest in another document`),
]);

const directiveSchema = z.object({
  Namespace: nameSchema,
  Dimensions: z.array(z.array(nameSchema).max(30)).min(1),
  Metrics: z
    .array(
      z.object({
        Name: nameSchema,
        Unit: z.enum(['None', 'Count', 'Milliseconds', 'Seconds', 'Percent', 'Bytes', 'Count/Second']).optional(),
        StorageResolution: z.literal(60).optional(),
      }),
    )
    .min(1)
    .max(100, 'must hold at most 100 metrics; send the rest in another document'),
});

const documentSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.number().int().nonnegative(),
    CloudWatchMetrics: z.array(directiveSchema).min(1),
  }),
});

type EmfDocument = z.infer<typeof documentSchema>;
type Directive = z.infer<typeof directiveSchema>;

/**
 * The data of one document, a datum per metric and dimension set.
 *
 * @throws Error when any part is invalid
 */
export function parseEmf(line: string): MetricDatum[] {
  if (Buffer.byteLength(line) > MAX_EVENT_BYTES) {
    throw malformed(`the event has ${Buffer.byteLength(line)} bytes, allowed are ${MAX_EVENT_BYTES}`);
  }
  const parsed = documentSchema.safeParse(parseJson(line));
  if (!parsed.success) {
    throw malformed(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  return parsed.data._aws.CloudWatchMetrics.flatMap((directive) => readDirective(parsed.data, directive));
}

/**
 * Checks whether CloudWatch accepts a datum.
 *
 * @throws Error that names the metric and the problem
 */
export function checkDatum(datum: MetricDatum): void {
  const problem = problemOf(datum);
  if (problem !== undefined) throw malformed(`metric ${JSON.stringify(datum.name)}: ${problem}`);
}

const malformed = (problem: string): Error => new Error(`metric data refused: ${problem}`);

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw malformed(`the event is not JSON: ${String(error)}`);
  }
}

function readDirective(document: EmfDocument, directive: Directive): MetricDatum[] {
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = directive;
  const atMs = document._aws.Timestamp;
  return metrics.flatMap(({ Name: name }) => {
    const parsed = valuesSchema.safeParse(document[name]);
    if (!parsed.success)
      throw malformed(`metric ${JSON.stringify(name)}: ${parsed.error.issues[0]?.message ?? 'invalid'}`);
    return sets.map((set) => {
      const datum = { namespace, name, dimensions: readDimensions(document, set), atMs, values: parsed.data };
      checkDatum(datum);
      return datum;
    });
  });
}

function readDimensions(document: EmfDocument, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = document[name];
      if (typeof value !== 'string') throw malformed(`dimension ${JSON.stringify(name)} is not a text in the document`);
      return [name, value];
    }),
  );
}

function problemOf(datum: MetricDatum): string | undefined {
  if (datum.values.length === 0) return 'it has no values';
  const wrong = datum.values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) return `the value ${wrong} is not a finite number`;
  if (datum.values.some((value) => Math.abs(value) > 2 ** 360)) return 'a value lies beyond 2^360';
  for (const [name, value] of Object.entries(datum.dimensions)) {
    if (value.trim() === '') return `dimension ${name} is empty`;
    if (value.length > 1024) return `dimension ${name} has ${value.length} characters, allowed are 1024`;
    if (!/^[\x20-\x7e]+$/.test(value)) return `dimension ${name} is not printable ASCII: ${JSON.stringify(value)}`;
  }
  return undefined;
}
