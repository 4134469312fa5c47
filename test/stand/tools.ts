/**
 * The official command-line tools of the pinned Kafka, for any broker: the judges of our own
 * reading.
 */
import { type JavaRun, kafkaJars, startJava } from '#local/kafka/java.ts';
import { NEWEST } from '#local/kafka/release.ts';
import { KAFKA_2_8 } from './older-kafka.ts';

/** Where the tool connects, and whose tool it is. */
interface ToolTarget {
  /** `host:port`, comma separated. */
  readonly bootstrap: string;
  /** The newest Kafka that is pinned when absent. */
  readonly version?: '2.8.2';
}

/** The list of all groups, and the tools of share and of Streams groups, came with Kafka 4. */
type ToolName = 'consumerGroups' | 'groups' | 'shareGroups' | 'streamsGroups' | 'topics';

/** Main classes. */
const TOOLS: Readonly<Record<ToolName, string>> = {
  consumerGroups: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  groups: 'org.apache.kafka.tools.GroupsCommand',
  shareGroups: 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
  streamsGroups: 'org.apache.kafka.tools.streams.StreamsGroupCommand',
  topics: 'org.apache.kafka.tools.TopicCommand',
};
const OLDER_TOOLS: Readonly<Partial<Record<ToolName, string>>> = {
  consumerGroups: 'kafka.admin.ConsumerGroupCommand',
  topics: 'kafka.admin.TopicCommand',
};

/** One row of `--describe --offsets`; what the tool prints as `-` is absent. */
export interface OffsetRow {
  readonly group: string;
  /** Absent for a member that owns nothing. */
  readonly topic?: string;
  readonly partition?: number;
  readonly currentOffset?: bigint;
  readonly logEndOffset?: bigint;
  readonly lag?: number;
  readonly consumerId?: string;
  /** As the tool prints it, with its leading slash. */
  readonly host?: string;
  readonly clientId?: string;
}

/**
 * Runs `kafka-consumer-groups` and returns what it printed.
 *
 * @throws when it fails, with its words
 */
export const consumerGroups = (target: ToolTarget, args: readonly string[]): Promise<string> =>
  runTool(target, 'consumerGroups', args);

/** Runs `kafka-topics` and returns what it printed. @throws when it fails, with its words */
export const topics = (target: ToolTarget, args: readonly string[]): Promise<string> => runTool(target, 'topics', args);

/**
 * Runs `kafka-groups`, `kafka-share-groups` or `kafka-streams-groups` and returns what it printed.
 *
 * @throws when it fails, with its words
 */
export const newGroups = (
  target: Pick<ToolTarget, 'bootstrap'>,
  tool: 'groups' | 'shareGroups' | 'streamsGroups',
  args: readonly string[],
): Promise<string> => runTool(target, tool, args);

/**
 * Rows of `--describe --offsets` of the tools for groups of any kind.
 *
 * @throws when a value is not what its column holds
 */
export function parseOffsetRows(output: string): readonly OffsetRow[] {
  return parseTables(output).map((cells) => ({
    group: required(cells, 'GROUP'),
    ...optional('topic', cells.get('TOPIC'), String),
    ...optional('partition', cells.get('PARTITION'), Number),
    ...optional('currentOffset', cells.get('CURRENT-OFFSET'), BigInt),
    ...optional('logEndOffset', cells.get('LOG-END-OFFSET'), BigInt),
    ...optional('lag', cells.get('LAG') ?? cells.get('OFFSET-LAG'), Number),
    ...optional('consumerId', cells.get('CONSUMER-ID'), String),
    ...optional('host', cells.get('HOST'), String),
    ...optional('clientId', cells.get('CLIENT-ID'), String),
  }));
}

/** Group id → state, of `--describe --state` of the tools for groups of any kind. */
export const parseStates = (output: string): ReadonlyMap<string, string> =>
  new Map(parseTables(output).map((cells) => [required(cells, 'GROUP'), required(cells, 'STATE')]));

type Cells = ReadonlyMap<string, string>;

/**
 * The rows of all tables in an output of a tool for groups: cells by the names in the table's head.
 *
 * Columns are cut where the head's words begin, not at spaces: names may hold some.
 */
export function parseTables(output: string): readonly Cells[] {
  const rows: Cells[] = [];
  let columns: readonly { name: string; from: number; to: number | undefined }[] = [];
  for (const line of output.split('\n')) {
    if (line.trim() === '') columns = [];
    else if (/^GROUP\s+(TOPIC|COORDINATOR|TYPE)\s/.test(line)) columns = columnsOf(line);
    else if (columns.length > 0) rows.push(new Map(columns.map((c) => [c.name, line.slice(c.from, c.to).trim()])));
  }
  return rows;
}

function columnsOf(head: string) {
  const words = [...head.matchAll(/\S+(?: \S+)*/g)];
  return words.map((word, index) => ({ name: word[0], from: word.index, to: words[index + 1]?.index }));
}

function required(cells: Cells, column: string): string {
  const value = cells.get(column);
  if (value === undefined || value === '') throw new Error(`the tool printed no ${column}`);
  return value;
}

/** `{ key: value }`, or nothing for a dash. */
function optional<Key extends string, T>(
  key: Key,
  text: string | undefined,
  parse: (text: string) => T,
): { [K in Key]?: T } {
  if (text === undefined || text === '' || text === '-') return {};
  const value = parse(text);
  if (Number.isNaN(value)) throw new Error(`the tool printed ${JSON.stringify(text)} for ${key}`);
  return { [key]: value } as { [K in Key]?: T };
}

async function runTool(target: ToolTarget, program: ToolName, args: readonly string[]): Promise<string> {
  const [{ pom }, tools] = target.version === undefined ? [NEWEST, TOOLS] : [KAFKA_2_8, OLDER_TOOLS];
  const mainClass = tools[program];
  if (mainClass === undefined) throw new Error(`Kafka ${target.version} has no tool ${program}`);
  const lines: string[] = [];
  const run: JavaRun = {
    mainClass,
    args: ['--bootstrap-server', target.bootstrap, ...args],
    name: mainClass.split('.').at(-1) ?? mainClass,
    onLine: (line, stream) => void (stream === 'stdout' && lines.push(line)),
  };
  const tool = startJava(await kafkaJars(pom, () => {}), run);
  const { code, signal } = await tool.exited;
  if (code !== 0) throw new Error(`${run.name} ended with ${signal ?? `code ${code}`}:\n${tool.tail().join('\n')}`);
  return lines.join('\n');
}
