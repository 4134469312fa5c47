/**
 * An MSK cluster as AWS describes it; how people choose a cluster, and an address of its brokers.
 */
import { z } from 'zod';
import { SettingsError } from '#core/errors.ts';
import { type Reading, whyMissing } from '#core/kafka/reading.ts';
import { DiscoveryError } from './discovery-error.ts';
import { AUTH_KINDS, type AuthKind, LOGINS, NETWORKS, type Network } from './logins.ts';

/** Kinds of clusters; `unknown`: AWS named a kind that this version does not know. */
export const CLUSTER_TYPES = ['standard', 'express', 'serverless', 'unknown'] as const;
export type ClusterType = (typeof CLUSTER_TYPES)[number];

/** Schema of `ClusterFacts`. */
export const factsSchema = z.object({
  arn: z.string(),
  name: z.string(),
  type: z.enum(CLUSTER_TYPES),
  /**
   * MSK's own word: ACTIVE, CREATING, DELETING, FAILED, HEALING, MAINTENANCE, REBOOTING_BROKER,
   * UPDATING.
   */
  state: z.string(),
  /** As MSK writes it (`3.8.x`); absent for serverless clusters. */
  kafkaVersion: z.string().exactOptional(),
  /** Number of brokers; absent for serverless clusters. */
  brokers: z.number().exactOptional(),
});

/** Schema of `Endpoint`. */
export const endpointSchema = z.object({
  auth: z.enum(AUTH_KINDS),
  network: z.enum(NETWORKS),
  /**
   * `host:port`, comma separated and sorted. MSK returns only some of the brokers of a large
   * cluster.
   */
  bootstrapBrokers: z.string(),
});

/** What AWS returns for every cluster, in a list too. */
export type ClusterFacts = Readonly<z.infer<typeof factsSchema>>;
/** Where the brokers listen for one kind of login. */
export type Endpoint = Readonly<z.infer<typeof endpointSchema>>;

/**
 * A cluster with the addresses of its brokers; unknown in states in which MSK does not return them.
 */
export interface Cluster extends ClusterFacts {
  readonly endpoints: Reading<readonly Endpoint[]>;
}

/** A cluster of the account and Region, with its tags. */
export interface ListedCluster extends ClusterFacts {
  readonly tags: Readonly<Record<string, string>>;
}

/** How a person names a cluster. */
export type ClusterSelector =
  | { readonly kind: 'arn'; readonly arn: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'tag'; readonly key: string; readonly value: string };

/** The listener that a client wants to use. */
export interface EndpointChoice {
  readonly auth: AuthKind;
  readonly network: Network;
}

/**
 * The cluster of `listed` that has the name or tag.
 *
 * @throws DiscoveryError when there is none
 * @throws SettingsError, with the ARNs, when there are several
 */
export function chooseCluster(
  listed: readonly ListedCluster[],
  selector: Exclude<ClusterSelector, { kind: 'arn' }>,
): ListedCluster {
  const matching = listed.filter((cluster) =>
    selector.kind === 'name' ? cluster.name === selector.name : cluster.tags[selector.key] === selector.value,
  );
  const [first, ...more] = matching;
  const wanted =
    selector.kind === 'name'
      ? `the name ${JSON.stringify(selector.name)}`
      : `the tag ${JSON.stringify(`${selector.key}=${selector.value}`)}`;
  if (first === undefined) {
    const names = listed.map(({ name }) => JSON.stringify(name)).sort();
    const seen = names.length === 0 ? 'none was listed' : `listed were ${names.join(', ')}`;
    throw new DiscoveryError(`no MSK cluster of this account and Region has ${wanted}: ${seen}; check the Region too`);
  }
  if (more.length === 0) return first;
  throw new SettingsError([
    `${wanted} must match one cluster and matches ${matching.length}; give the ARN of the one that you mean:`,
    ...matching.map(({ arn, type, state }) => `${arn} (${type}, ${state})`),
  ]);
}

/** Region in the ARN of a cluster; `undefined` when the text is not such an ARN. */
export const regionInArn = (arn: string): string | undefined => /^arn:[^:]+:kafka:([a-z0-9-]+):/.exec(arn)?.[1];

/**
 * Where the brokers listen for a kind of login on a network.
 *
 * @throws DiscoveryError when MSK does not return the addresses in this state
 * @throws SettingsError, with what the cluster offers, when it does not offer this
 */
export function chooseEndpoint(cluster: Cluster, { auth, network }: EndpointChoice): Endpoint {
  const { endpoints, name } = cluster;
  if (endpoints.kind !== 'known') {
    throw new DiscoveryError(
      `the brokers of cluster ${JSON.stringify(name)}, whose state is ${cluster.state}, are not known: ${whyMissing(endpoints)}`,
    );
  }
  const chosen = endpoints.value.find((endpoint) => endpoint.auth === auth && endpoint.network === network);
  if (chosen !== undefined) return chosen;
  throw new SettingsError([
    `cluster ${JSON.stringify(name)} (${cluster.type}, ${cluster.state}) offers no auth ${auth} on network ${network}; ` +
      `${offered(endpoints.value)}; or turn on ${LOGINS[auth].howToOffer}`,
  ]);
}

function offered(endpoints: readonly Endpoint[]): string {
  if (endpoints.length === 0) return 'it offers nothing yet, as while it is being created';
  const byNetwork = NETWORKS.map((network) => {
    const kinds = endpoints.filter((endpoint) => endpoint.network === network).map(({ auth }) => auth);
    return kinds.length === 0 ? '' : `${kinds.join(', ')} on ${network}`;
  });
  return `it offers ${byNetwork.filter((text) => text !== '').join('; ')}: choose one of these`;
}
