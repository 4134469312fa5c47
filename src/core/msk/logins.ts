/**
 * Everything known about each kind of login. A new kind is a row here, and protocol code in both
 * readers.
 */

/** Ways to the brokers: from their VPC (`ipv6`: by IPv6), from the internet, by PrivateLink. */
export const NETWORKS = ['private', 'ipv6', 'public', 'vpc-connectivity'] as const;
export type Network = (typeof NETWORKS)[number];

/** What a login may send, or trust. Certificates and keys are in PEM. */
export type CredentialKey = 'username' | 'password' | 'certificate' | 'privateKey' | 'passphrase' | 'ca';

/** What is known of one kind of login. */
export interface LoginFacts {
  /** MSK's word for the listener, as messages write it. */
  readonly listener: string;
  /** Port of the listener inside the VPC. */
  readonly port: number;
  /** Part of the name of the listener's bootstrap string in MSK's API. */
  readonly bootstrapString: string;
  /** Networks on which MSK may offer the listener. */
  readonly networks: readonly Network[];
  /** The connection is encrypted, and the broker shows a certificate. */
  readonly tls: boolean;
  /** Names by which a broker offers the login over SASL; none without SASL. */
  readonly mechanisms: readonly string[];
  /** Signed with AWS credentials for a Region; IAM, not ACLs, decides what it may read. */
  readonly byIam: boolean;
  /** Credentials without which it cannot work. */
  readonly needs: readonly CredentialKey[];
  /** Credentials that it uses when they are given. */
  readonly takes: readonly CredentialKey[];
  /** A secret may hold its credentials. */
  readonly takesSecret: boolean;
  /** How an operator makes a cluster offer it: completes "or turn on". */
  readonly howToOffer: string;
}

const INSIDE_VPC: readonly Network[] = ['private', 'ipv6'];
const NOT_SERVERLESS = 'in the security settings of the cluster (not for serverless)';

const LOGIN_TABLE = {
  /** TLS and a locally signed MSK token. */
  iam: {
    listener: 'IAM',
    port: 9098,
    bootstrapString: 'SaslIam',
    networks: NETWORKS,
    tls: true,
    mechanisms: ['OAUTHBEARER', 'AWS_MSK_IAM'],
    byIam: true,
    needs: [],
    takes: ['ca'],
    takesSecret: false,
    howToOffer: 'IAM role-based authentication in the security settings of the cluster',
  },
  /** SASL/SCRAM-SHA-512 over TLS. */
  scram: {
    listener: 'SCRAM',
    port: 9096,
    bootstrapString: 'SaslScram',
    networks: NETWORKS,
    tls: true,
    mechanisms: ['SCRAM-SHA-512'],
    byIam: false,
    needs: ['username', 'password'],
    takes: ['ca'],
    takesSecret: true,
    howToOffer: `SASL/SCRAM ${NOT_SERVERLESS}`,
  },
  /** TLS with a client certificate. */
  mtls: {
    listener: 'TLS',
    port: 9094,
    bootstrapString: 'Tls',
    networks: NETWORKS,
    tls: true,
    mechanisms: [],
    byIam: false,
    needs: ['certificate', 'privateKey'],
    takes: ['passphrase', 'ca'],
    takesSecret: true,
    howToOffer: `TLS client authentication ${NOT_SERVERLESS}`,
  },
  /** TLS without a login. MSK admits it inside the VPC only. */
  tls: {
    listener: 'TLS',
    port: 9094,
    bootstrapString: 'Tls',
    networks: INSIDE_VPC,
    tls: true,
    mechanisms: [],
    byIam: false,
    needs: [],
    takes: ['ca'],
    takesSecret: true,
    howToOffer: `unauthenticated access with TLS ${NOT_SERVERLESS}`,
  },
  /** Neither TLS nor a login. MSK admits it inside the VPC only. */
  plaintext: {
    listener: 'plaintext',
    port: 9092,
    bootstrapString: '',
    networks: INSIDE_VPC,
    tls: false,
    mechanisms: [],
    byIam: false,
    needs: [],
    takes: [],
    takesSecret: false,
    howToOffer: `unauthenticated access and plaintext ${NOT_SERVERLESS}`,
  },
} as const satisfies Record<string, LoginFacts>;

/** Kinds of login. */
export type AuthKind = keyof typeof LOGIN_TABLE;

/** The table of logins: the one place for what differs between them. */
export const LOGINS: Readonly<Record<AuthKind, LoginFacts>> = LOGIN_TABLE;

/** Kinds of login, in the order of the table. */
export const AUTH_KINDS = Object.keys(LOGINS) as [AuthKind, ...AuthKind[]];

/** Kinds of login of which `is` holds, in the order of the table. */
export const authKindsWhere = (is: (login: LoginFacts) => boolean): readonly AuthKind[] =>
  AUTH_KINDS.filter((auth) => is(LOGINS[auth]));

/**
 * Field of MSK's GetBootstrapBrokers that holds the brokers; `undefined` when the network never has
 * the listener.
 */
export function bootstrapField({ bootstrapString, networks }: LoginFacts, network: Network): string | undefined {
  if (!networks.includes(network)) return undefined;
  const way = { private: '', ipv6: '', public: 'Public', 'vpc-connectivity': 'VpcConnectivity' }[network];
  return `BootstrapBrokerString${way}${bootstrapString}${network === 'ipv6' ? 'Ipv6' : ''}`;
}

/** A login of this kind does not work without a source of credentials. */
export const needsCredentials = (auth: AuthKind): boolean => LOGINS[auth].needs.length > 0;

/** A login of this kind uses this credential, if only when it is given. */
export const usesCredential = ({ needs, takes }: LoginFacts, key: CredentialKey): boolean =>
  needs.includes(key) || takes.includes(key);

/** The client shows a certificate of its own. */
export const showsCertificate = ({ needs }: LoginFacts): boolean => needs.includes('certificate');
