/** The choice of a cluster and of its addresses. These tables are the specification. */

import { known, unknown } from '#core/kafka/reading.ts';
import type { Cluster, EndpointChoice, ListedCluster } from '#core/msk/cluster.ts';

const cluster = (name: string, tags: Record<string, string> = {}): ListedCluster => ({
  arn: `arn:${name}`,
  name,
  type: 'standard',
  state: 'ACTIVE',
  tags,
});

export const LISTED: readonly ListedCluster[] = [
  cluster('orders', { team: 'shop', env: 'prod' }),
  cluster('orders-test', { team: 'shop', env: '' }),
  cluster('payments', { team: 'bank' }),
];

const tag = (key: string, value: string) => ({ kind: 'tag', key, value }) as const;
const name = (name: string) => ({ kind: 'name', name }) as const;

/** Selectors with the name of the chosen cluster, or the error. */
export const SELECTIONS = [
  { title: 'a name, though another name begins with it', selector: name('orders'), chosen: 'orders' },
  {
    title: 'a name that is only the beginning of one',
    selector: name('order'),
    error: /no MSK cluster .* the name "order": listed were "orders", "orders-test", "payments"; check the Region/,
  },
  { title: 'a name is not a pattern', selector: name('orders*'), error: /the name "orders\*"/ },
  { title: 'a tag of one cluster', selector: tag('team', 'bank'), chosen: 'payments' },
  { title: 'a tag without a value', selector: tag('env', ''), chosen: 'orders-test' },
  {
    title: 'a tag of no cluster, with the value of another tag',
    selector: tag('team', 'prod'),
    error: /the tag "team=prod"/,
  },
  {
    title: 'a tag with a name that every object has',
    selector: tag('constructor', ''),
    error: /the tag "constructor="/,
  },
  {
    title: 'a tag of two clusters',
    selector: tag('team', 'shop'),
    error: /matches 2; give the ARN .*\narn:orders \(standard, ACTIVE\)\narn:orders-test \(standard, ACTIVE\)$/,
  },
] as const;

const at = (auth: EndpointChoice['auth'], network: EndpointChoice['network']) => ({
  auth,
  network,
  bootstrapBrokers: `${auth}.${network}:1`,
});
const offering = (endpoints: Cluster['endpoints'], state = 'ACTIVE'): Cluster => ({
  ...cluster('orders'),
  state,
  endpoints,
});
const MANY = offering(known([at('iam', 'private'), at('mtls', 'private'), at('iam', 'public')]));

/** A cluster and a choice, with the chosen address or the error. */
export const CHOICES = [
  {
    title: 'a login on the private network',
    cluster: MANY,
    choice: { auth: 'iam', network: 'private' },
    chosen: 'iam.private:1',
  },
  {
    title: 'the same login from the internet',
    cluster: MANY,
    choice: { auth: 'iam', network: 'public' },
    chosen: 'iam.public:1',
  },
  {
    title: 'a login that is not offered',
    cluster: MANY,
    choice: { auth: 'scram', network: 'private' },
    error:
      /offers no auth scram on network private; it offers iam, mtls on private; iam on public: choose one of these; or turn on SASL\/SCRAM/,
  },
  {
    title: 'a login that another network offers',
    cluster: MANY,
    choice: { auth: 'mtls', network: 'public' },
    error: /offers no auth mtls on network public; it offers iam, mtls on private; iam on public/,
  },
  {
    title: 'a certificate is not the same as no login',
    cluster: MANY,
    choice: { auth: 'tls', network: 'private' },
    error: /offers no auth tls on network private/,
  },
  {
    title: 'a cluster that names no broker yet',
    cluster: offering(known([]), 'CREATING'),
    choice: { auth: 'iam', network: 'private' },
    error: /\(standard, CREATING\) offers no auth iam.*nothing yet, as while it is being created/,
  },
  {
    title: 'a cluster whose brokers MSK does not name',
    cluster: offering(unknown('not in this state'), 'FAILED'),
    choice: { auth: 'iam', network: 'private' },
    error: /brokers of cluster "orders", whose state is FAILED, are not known: not in this state/,
  },
] as const;
