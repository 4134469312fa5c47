/** Where the brokers of a cluster listen, from MSK's bootstrap strings. */
import type { Cluster, GetBootstrapBrokersResponse } from '@aws-sdk/client-kafka';
import type { Endpoint } from '#core/msk/cluster.ts';
import {
  AUTH_KINDS,
  type AuthKind,
  authKindsWhere,
  bootstrapField,
  LOGINS,
  NETWORKS,
  type Network,
  showsCertificate,
} from '#core/msk/logins.ts';

/** What the cluster offers: by network, then in the order of the table of logins. */
export function endpointsOf(brokers: GetBootstrapBrokersResponse, cluster: Cluster): readonly Endpoint[] {
  return NETWORKS.flatMap((network) =>
    AUTH_KINDS.flatMap((auth) => {
      const text = brokers[bootstrapField(LOGINS[auth], network) as keyof GetBootstrapBrokersResponse];
      if (!text || !admits(cluster, auth, network)) return [];
      return [{ auth, network, bootstrapBrokers: inOrder(text) }];
    }),
  );
}

/** MSK returns the brokers in another order each time. */
const inOrder = (text: string): string =>
  text
    .split(',')
    .map((broker) => broker.trim())
    .sort()
    .join(',');

/**
 * Inside the VPC, clients with and without a certificate share a listener: the cluster says which
 * it admits.
 */
function admits({ Provisioned }: Cluster, auth: AuthKind, network: Network): boolean {
  const field = bootstrapField(LOGINS[auth], network);
  const sharing = authKindsWhere((login) => bootstrapField(login, network) === field);
  if (sharing.length === 1) return true;
  const { Tls, Unauthenticated } = Provisioned?.ClientAuthentication ?? {};
  const withCertificate = Tls?.Enabled === true;
  // Clusters from before MSK offered the choice have neither setting, and admit everybody.
  return showsCertificate(LOGINS[auth]) ? withCertificate : (Unauthenticated?.Enabled ?? !withCertificate);
}
