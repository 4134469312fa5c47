/**
 * The rooms inside the larger folders, and which may import which, each with the reason. A room is
 * a folder, or a file that stands beside the folders. Rows go from the bottom up: a room may import
 * only rooms that stand above it in the table.
 */

export interface RoomRule {
  readonly room: string;
  /** Other rooms of the same folder that it may import. */
  readonly imports: readonly string[];
  readonly because: string;
}

const CORE: readonly RoomRule[] = [
  { room: 'errors.ts', imports: [], because: 'everything may throw, so it knows nothing' },
  { room: 'text', imports: [], because: 'words, JSON and missing keys, whatever they are about' },
  { room: 'kafka', imports: ['text'], because: "Kafka's own vocabulary, and the three values of a reading" },
  { room: 'names', imports: ['errors.ts'], because: 'patterns refuse bad input' },
  { room: 'msk', imports: ['errors.ts', 'kafka', 'text'], because: 'how a cluster is reached' },
  { room: 'ages', imports: ['kafka', 'text'], because: 'the age of a record in one log' },
  { room: 'history/columns', imports: ['kafka', 'text'], because: 'polls as columns of numbers' },
  {
    room: 'history',
    imports: ['history/columns', 'kafka', 'text'],
    because: 'the polls of a group, read from columns',
  },
  {
    room: 'history/stored',
    imports: ['errors.ts', 'history', 'history/columns', 'text'],
    because: 'a history as bytes',
  },
  {
    room: 'lag',
    imports: ['history', 'kafka', 'text'],
    because: 'rates and conditions compare a reading with the past',
  },
  { room: 'status', imports: ['history', 'kafka', 'lag', 'text'], because: 'rules judge lag by its past' },
  {
    room: 'forecast',
    imports: ['ages', 'history', 'kafka', 'lag', 'status'],
    because: 'a forecast borrows from status what counts as standing still',
  },
  {
    room: 'group',
    imports: ['ages', 'forecast', 'history', 'kafka', 'lag', 'names', 'status', 'text'],
    because: 'all that is known of one group is put together here',
  },
  { room: 'metrics', imports: ['errors.ts', 'group', 'kafka', 'lag', 'text'], because: 'a group as metrics' },
  { room: 'cost', imports: ['kafka', 'metrics', 'names', 'text'], because: 'metrics are what costs' },
  { room: 'runbook', imports: ['errors.ts', 'kafka', 'text'], because: 'what a run keeps; it knows no rule' },
  {
    room: 'evidence',
    imports: ['forecast', 'group', 'history', 'kafka', 'lag', 'runbook', 'status', 'text'],
    because: 'the group and its service as one record for the diagnosis',
  },
  { room: 'diagnosis/causes', imports: ['evidence', 'kafka', 'runbook'], because: 'a cause reads evidence alone' },
  { room: 'diagnosis', imports: ['diagnosis/causes', 'evidence', 'kafka'], because: 'the first cause that holds' },
  {
    room: 'settings.ts',
    imports: ['ages', 'cost', 'errors.ts', 'group', 'lag', 'metrics', 'msk', 'names', 'runbook', 'text'],
    because: 'one schema made of the schemas of the rooms; rooms take the fields that they need, not the settings',
  },
  {
    room: 'scaling',
    imports: ['diagnosis', 'evidence', 'kafka', 'runbook', 'settings.ts', 'text'],
    because: 'a decision rests on a diagnosis and on limits from the settings',
  },
  {
    room: 'ports.ts',
    imports: ['ages', 'history', 'kafka', 'metrics', 'msk', 'runbook'],
    because: 'ports import the domain; the domain never imports ports',
  },
  { room: 'world.ts', imports: ['ports.ts', 'settings.ts'], because: 'what a flow is given' },
];

const KAFKA: readonly RoomRule[] = [
  { room: 'protocol', imports: [], because: 'requests and answers on the wire' },
  { room: 'connection', imports: ['protocol'], because: 'one connection to each broker, and the login' },
  {
    room: 'session',
    imports: ['connection', 'protocol'],
    because: 'requests of one reading: where they go, and retries',
  },
  { room: 'read', imports: ['connection', 'protocol', 'session'], because: 'one file for each thing that is read' },
  { room: 'ages', imports: ['protocol', 'read', 'session'], because: 'an age is searched with ListOffsets' },
  { room: 'assemble.ts', imports: ['ages', 'protocol', 'read'], because: 'answers become a reading' },
  {
    room: 'batch-reader.ts',
    imports: ['ages', 'assemble.ts', 'connection', 'read', 'session'],
    because: 'it puts the reader together',
  },
  {
    room: 'check',
    imports: ['assemble.ts', 'batch-reader.ts', 'connection', 'protocol', 'read', 'session'],
    because: '`lag check` tries what the reader does, one by one',
  },
];

const CLI: readonly RoomRule[] = [
  { room: 'exit-codes.ts', imports: [], because: 'the contract with scripts' },
  { room: 'terminal', imports: [], because: 'text on a terminal, whatever it says' },
  { room: 'options', imports: ['terminal'], because: 'options that commands share, and what they make of them' },
  { room: 'views', imports: ['options', 'terminal'], because: 'records as lines and tables' },
  { room: 'demo', imports: ['options', 'terminal', 'views'], because: 'what only `lag demo` needs' },
  {
    room: 'commands',
    imports: ['demo', 'exit-codes.ts', 'options', 'terminal', 'views'],
    because: 'a command joins options, a flow and a view; commands do not know each other',
  },
  { room: 'lag-command.ts', imports: ['terminal'], because: 'how options are parsed' },
  { room: 'commands.ts', imports: ['commands'], because: 'the list of commands' },
  { room: 'program.ts', imports: ['commands.ts', 'exit-codes.ts', 'lag-command.ts'], because: 'the command line' },
];

const FLOWS: readonly RoomRule[] = [
  { room: 'history.ts', imports: [], because: 'a history is loaded and saved in one way' },
  { room: 'runbook', imports: ['history.ts'], because: 'one file for each step of a run' },
  { room: 'reconcile', imports: ['runbook'], because: 'it takes locks and restores capacity as runs do' },
  { room: 'discover', imports: [], because: 'finding the brokers of a cluster' },
  { room: 'poll.ts', imports: ['history.ts'], because: 'a use case of its own' },
  { room: 'watch.ts', imports: ['history.ts'], because: 'a use case of its own' },
  { room: 'heat-map.ts', imports: [], because: 'a use case of its own' },
];

const LOCAL: readonly RoomRule[] = [
  { room: 'process', imports: [], because: 'child processes and jars' },
  { room: 'template', imports: ['process'], because: 'what is read from the synthesized template' },
  { room: 'cloudwatch', imports: [], because: 'the stand-in for metrics and alarms' },
  { room: 'runbook', imports: [], because: 'the stand-in for Step Functions' },
  { room: 'twins', imports: [], because: 'ports in memory' },
  { room: 'kafka', imports: ['process'], because: 'a real broker as a child process' },
  { room: 'workload', imports: ['kafka', 'process'], because: 'real producers and consumers' },
  { room: 'account', imports: ['cloudwatch', 'runbook', 'template', 'twins'], because: 'the stand-ins as one account' },
  {
    room: 'scenarios',
    imports: ['account', 'cloudwatch', 'twins', 'workload'],
    because: 'a story that is played on the whole stand',
  },
];

/** By folder. */
export const ROOMS: Readonly<Record<string, readonly RoomRule[]>> = {
  'src/core': CORE,
  'src/adapters/kafka': KAFKA,
  'src/cli': CLI,
  'src/flows': FLOWS,
  'src/local': LOCAL,
};
