/** Where a cluster's brokers listen, by what MSK says of it. */
import type { Cluster, GetBootstrapBrokersResponse } from '@aws-sdk/client-kafka';
import type { Endpoint, Network } from '#core/msk/cluster.ts';
import type { AuthKind } from '#core/msk/logins.ts';

/** Each string of GetBootstrapBrokers, and what it is for. `tls` is one listener for clients with and without certificate. */
const LISTENERS: readonly (readonly [keyof GetBootstrapBrokersResponse, AuthKind, Network])[] = [
  ['BootstrapBrokerStringSaslIam', 'iam', 'private'],
  ['BootstrapBrokerStringSaslScram', 'scram', 'private'],
  ['BootstrapBrokerStringTls', 'tls', 'private'],
  ['BootstrapBrokerString', 'plaintext', 'private'],
  ['BootstrapBrokerStringSaslIamIpv6', 'iam', 'ipv6'],
  ['BootstrapBrokerStringSaslScramIpv6', 'scram', 'ipv6'],
  ['BootstrapBrokerStringTlsIpv6', 'tls', 'ipv6'],
  ['BootstrapBrokerStringIpv6', 'plaintext', 'ipv6'],
  // Neither from the internet nor from another VPC is anybody let in without a login.
  ['BootstrapBrokerStringPublicSaslIam', 'iam', 'public'],
  ['BootstrapBrokerStringPublicSaslScram', 'scram', 'public'],
  ['BootstrapBrokerStringPublicTls', 'mtls', 'public'],
  ['BootstrapBrokerStringVpcConnectivitySaslIam', 'iam', 'vpc-connectivity'],
  ['BootstrapBrokerStringVpcConnectivitySaslScram', 'scram', 'vpc-connectivity'],
  ['BootstrapBrokerStringVpcConnectivityTls', 'mtls', 'vpc-connectivity'],
];

/** What the cluster offers, in the order above. */
export function endpointsOf(brokers: GetBootstrapBrokersResponse, cluster: Cluster): readonly Endpoint[] {
  return LISTENERS.flatMap(([key, auth, network]) => {
    const text = brokers[key];
    if (text === undefined || text === '') return [];
    const bootstrapBrokers = inOrder(text);
    return (auth === 'tls' ? tlsKinds(cluster) : [auth]).map((kind) => ({ auth: kind, network, bootstrapBrokers }));
  });
}

/** MSK names the brokers in another order each time. */
const inOrder = (text: string): string =>
  text
    .split(',')
    .map((broker) => broker.trim())
    .sort()
    .join(',');

/** Clusters from before the login could be chosen say nothing of it: they let everybody in. */
function tlsKinds({ Provisioned }: Cluster): AuthKind[] {
  const { Tls, Unauthenticated } = Provisioned?.ClientAuthentication ?? {};
  const withCertificate = Tls?.Enabled === true;
  const withoutLogin = Unauthenticated?.Enabled ?? !withCertificate;
  return [...(withCertificate ? (['mtls'] as const) : []), ...(withoutLogin ? (['tls'] as const) : [])];
}
