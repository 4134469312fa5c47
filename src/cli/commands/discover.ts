/**
 * `lag discover`: type, state, version and broker addresses of MSK clusters, as AWS reports them.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT_CODES } from '#cli/exit-codes.ts';
import { renderLine, renderTable } from '#cli/terminal/render.ts';
import { SettingsError } from '#core/errors.ts';
import {
  type Cluster,
  type ClusterFacts,
  type ClusterSelector,
  chooseEndpoint,
  type Endpoint,
  regionInArn,
} from '#core/msk/cluster.ts';
import { AUTH_KINDS, type AuthKind, NETWORKS, type Network } from '#core/msk/logins.ts';
import { lookUpCluster } from '#flows/discover/look-up-cluster.ts';

interface DiscoverFlags {
  readonly arn?: string;
  readonly name?: string;
  readonly tag?: { readonly key: string; readonly value: string };
  readonly auth?: AuthKind;
  readonly network: Network;
  readonly region?: string;
  readonly json: boolean;
}

/**
 * Adds options and action to the command. The action sets the exit code and throws DiscoveryError.
 */
export function equipDiscover(command: Command): void {
  command
    .option('--arn <arn>', 'the cluster with this ARN')
    .option('--name <name>', 'the cluster with this name')
    .option('--tag <key=value>', 'the only cluster with this tag', parseTag)
    .addOption(
      new Option('--auth <kind>', 'show only brokers for this login; fail when there are none').choices(AUTH_KINDS),
    )
    .addOption(
      new Option('--network <way>', 'network path to the brokers, for --auth').choices(NETWORKS).default('private'),
    )
    .addOption(
      new Option('--region <region>', 'AWS Region for --name, --tag and the list; --arn contains its own').env(
        'AWS_REGION',
      ),
    )
    .option('--json', 'print JSON; an absent value is null, an unknown value {"unknown": reason}', false)
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(discover);
}

async function discover(flags: DiscoverFlags): Promise<void> {
  const selector = selectorOf(flags);
  const region = (flags.arn === undefined ? undefined : regionInArn(flags.arn)) ?? flags.region;
  // Loaded here, so that other commands start faster.
  const { createMskClusterDirectory, mskClient } = await import('#adapters/msk/cluster-directory.ts');
  const client = mskClient(region);
  try {
    const directory = createMskClusterDirectory({ client });
    if (selector === undefined) printAll(await directory.list(), flags.json);
    else printOne(await lookUpCluster(directory, selector), flags);
  } finally {
    client.destroy();
  }
}

/** @throws SettingsError when several clusters are named, or a login without a cluster */
function selectorOf({ arn, name, tag, auth }: DiscoverFlags): ClusterSelector | undefined {
  const selectors: ClusterSelector[] = [
    ...(arn === undefined ? [] : [{ kind: 'arn' as const, arn }]),
    ...(name === undefined ? [] : [{ kind: 'name' as const, name }]),
    ...(tag === undefined ? [] : [{ kind: 'tag' as const, ...tag }]),
  ];
  if (selectors.length > 1) throw new SettingsError(['--arn, --name and --tag exclude each other: use only one']);
  if (selectors.length === 0 && auth !== undefined) {
    throw new SettingsError(['--auth needs one cluster: name it with --arn, --name or --tag']);
  }
  return selectors[0];
}

function printAll(clusters: readonly ClusterFacts[], json: boolean): void {
  process.stdout.write(json ? jsonText(clusters.map(jsonFacts)) : renderTable(FACTS, clusters.map(factCells)));
}

function printOne(cluster: Cluster, { auth, network, json }: DiscoverFlags): void {
  const chosen = auth === undefined ? undefined : chooseEndpoint(cluster, { auth, network });
  const endpoints = chosen === undefined ? cluster.endpoints : { kind: 'known' as const, value: [chosen] };
  const listed = endpoints.kind === 'known' ? endpoints.value : [];
  if (json) {
    const value = endpoints.kind === 'unknown' ? { unknown: endpoints.reason } : listed;
    process.stdout.write(jsonText({ ...jsonFacts(cluster), endpoints: value }));
  } else {
    process.stdout.write(
      `${renderTable(FACTS, [factCells(cluster)])}\n${renderTable(ENDPOINTS, listed.map(endpointCells))}`,
    );
  }
  if (endpoints.kind !== 'unknown') return;
  process.stderr.write(renderLine(`the brokers of ${JSON.stringify(cluster.name)} are unknown: ${endpoints.reason}`));
  process.exitCode = EXIT_CODES.partial;
}

const FACTS = ['NAME', 'TYPE', 'STATE', 'KAFKA', 'BROKERS', 'ARN'];
const ENDPOINTS = ['AUTH', 'NETWORK', 'BOOTSTRAP-BROKERS'];

const factCells = ({ name, type, state, kafkaVersion, brokers, arn }: ClusterFacts): string[] => [
  name,
  type,
  state,
  kafkaVersion ?? '-',
  String(brokers ?? '-'),
  arn,
];

const endpointCells = ({ auth, network, bootstrapBrokers }: Endpoint): string[] => [auth, network, bootstrapBrokers];

const jsonFacts = ({ arn, name, type, state, kafkaVersion, brokers }: ClusterFacts) => ({
  arn,
  name,
  type,
  state,
  kafkaVersion: kafkaVersion ?? null,
  brokers: brokers ?? null,
});

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function parseTag(text: string): { key: string; value: string } {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be key=value.');
  return { key, value };
}
