/** The groups of the day: healthy traffic that looks alarming, and faults. */
import { type GroupShape, isIn, type Rewind, type Stretch } from './shapes.ts';

/**
 * The day begins at midnight. Traffic begins hours before, so that history and retention have a
 * past.
 */
export const DAY_MS = Date.UTC(2026, 0, 6);
export const WARM_UP_MS = 3 * 3_600_000;
export const DAY_END_MS = DAY_MS + 24 * 3_600_000;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A time of the day, `hh:mm` or `hh:mm:ss`. */
export function at(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return DAY_MS + hours * HOUR + minutes * MINUTE + seconds * 1_000;
}

const between = (from: string, to: string): Stretch => ({ fromMs: at(from), toMs: at(to) });

/** A sine over the day with its minimum at 3:00 and its maximum at 15:00. */
const diurnal =
  (least: number, most: number) =>
  (atMs: number): number =>
    (least + most) / 2 + ((most - least) / 2) * Math.sin((2 * Math.PI * (atMs - DAY_MS - 9 * HOUR)) / (24 * HOUR));

const steady = (rate: number) => (): number => rate;

/** Defaults of a group: no fault, automatic commits. */
export const NOTHING = {
  absences: [],
  stalls: [],
  slowness: [],
  rewinds: [],
  faults: [],
  commitEveryMs: 5_000,
} as const;

/** A rolling restart: the group rebalances repeatedly and reads in between. */
const ROLLING = [
  { ...between('10:00:00', '10:00:25'), kind: 'rebalancing' },
  { ...between('10:00:40', '10:01:05'), kind: 'members-unknown' },
  { ...between('10:01:20', '10:02:00'), kind: 'rebalancing' },
] as const;

/** All tasks are replaced at once. */
const RESTART = { ...between('20:15:10', '20:17:10'), kind: 'no-members' } as const;

const STOP = between('14:00:40', '14:25');
const payments: GroupShape = {
  ...NOTHING,
  groupId: 'payments',
  traits: 'day and night, a rolling deployment, a restart',
  topic: 'payments',
  partitions: 24,
  members: 8,
  rate: diurnal(5, 40),
  capacity: 120,
  absences: [...ROLLING, { ...STOP, kind: 'no-members' }, RESTART],
  faults: [{ ...STOP, name: 'consumer stopped, all members gone', due: 'after-start', dueMinutes: 6 }],
  ageSeconds: 60,
  wellMs: 15_000,
};

const POISON = between('06:30:20', '07:30');
const billing: GroupShape = {
  ...NOTHING,
  groupId: 'billing',
  traits: 'day and night',
  topic: 'invoices',
  partitions: 6,
  members: 3,
  rate: diurnal(6, 40),
  capacity: 120,
  stalls: [{ ...POISON, partition: 4, repeatsCommits: true }],
  faults: [{ ...POISON, name: 'poison record on one partition, members alive', due: 'after-crossing', dueMinutes: 5 }],
  ageSeconds: 120,
  wellMs: 15_000,
};

const SLOW = between('11:00', '12:30');
const fulfilment: GroupShape = {
  ...NOTHING,
  groupId: 'fulfilment',
  traits: 'day and night',
  topic: 'orders',
  partitions: 6,
  members: 3,
  rate: diurnal(8, 50),
  capacity: 160,
  slowness: [{ ...SLOW, partition: 5, share: 0.85 }],
  faults: [{ ...SLOW, name: 'one partition is read too slowly', due: 'after-crossing', dueMinutes: 5 }],
  ageSeconds: 300,
  wellMs: 15_000,
};

const REWIND: Rewind = { atMs: at('16:00:20'), backMs: 2 * HOUR };
const searchIndex: GroupShape = {
  ...NOTHING,
  groupId: 'search-index',
  traits: 'day and night',
  topic: 'catalogue',
  partitions: 4,
  members: 2,
  rate: diurnal(8, 22),
  capacity: 150,
  rewinds: [REWIND],
  faults: [
    {
      fromMs: REWIND.atMs,
      toMs: REWIND.atMs + MINUTE,
      name: 'offsets set back by two hours',
      due: 'after-crossing',
      dueMinutes: 5,
    },
  ],
  ageSeconds: 300,
  wellMs: 15_000,
};

const OVERTAKEN = between('02:00:20', '04:40');
const auditArchive: GroupShape = {
  ...NOTHING,
  groupId: 'audit-archive',
  traits: 'retention of two hours',
  topic: 'audit',
  partitions: 4,
  members: 2,
  rate: steady(4.5),
  capacity: 90,
  retention: { ms: 2 * HOUR, segmentMs: 10 * MINUTE },
  absences: [{ ...OVERTAKEN, kind: 'no-members' }],
  faults: [{ ...OVERTAKEN, name: 'stopped, and overtaken by retention', due: 'before-loss', dueMinutes: 30 }],
  dataLossHorizonSeconds: 3_600,
  wellMs: 15_000,
};

const HUNG = between('18:04', '19:20');
const settlement: GroupShape = {
  ...NOTHING,
  groupId: 'settlement-batch',
  traits: 'commits every 10 minutes',
  topic: 'settlements',
  partitions: 4,
  members: 2,
  rate: diurnal(4, 20),
  capacity: 120,
  commitEveryMs: 10 * MINUTE,
  stalls: [{ ...HUNG, repeatsCommits: false }],
  faults: [{ ...HUNG, name: 'batch job hangs (commits every 10 minutes)', due: 'after-crossing', dueMinutes: 5 }],
  ageSeconds: 1_800,
  wellMs: 11 * MINUTE,
};

const BURSTS = [
  between('01:10', '01:14'),
  between('08:30', '08:34'),
  between('12:00', '12:03'),
  between('19:00', '19:05'),
];
const notifications: GroupShape = {
  ...NOTHING,
  groupId: 'notifications',
  traits: 'four bursts, 10 times the usual, retention of an hour',
  topic: 'notifications',
  partitions: 6,
  members: 3,
  rate: (atMs) => (BURSTS.some((burst) => isIn(burst, atMs)) ? 80 : 8),
  capacity: 40,
  // Less than the data loss horizon: unread records would be lost within it.
  retention: { ms: HOUR, segmentMs: 10 * MINUTE },
  ageSeconds: 300,
  wellMs: 300_000,
};

const OFFICE_HOURS = between('08:00', '18:00');
/** Busy in office hours and quiet at night, when retention still deletes the day's records. */
const intranet: GroupShape = {
  ...NOTHING,
  groupId: 'intranet',
  traits: 'falls silent at 18:00, retention of two hours that may not be read',
  topic: 'page-views',
  partitions: 2,
  members: 1,
  rate: (atMs) => (isIn(OFFICE_HOURS, atMs) ? 20 : 0.3),
  capacity: 80,
  retention: { ms: 2 * HOUR, segmentMs: 10 * MINUTE, hidden: true },
  ageSeconds: 300,
  wellMs: 15_000,
};

/** Three records an hour, and none at night. */
const reports: GroupShape = {
  ...NOTHING,
  groupId: 'reports',
  traits: 'three records an hour, none at night',
  topic: 'reports',
  partitions: 1,
  members: 1,
  rate: (atMs) => (isIn(OFFICE_HOURS, atMs) ? 3 / 3_600 : 0),
  capacity: 10,
  ageSeconds: 300,
  wellMs: 15_000,
};

const legacySync: GroupShape = {
  ...NOTHING,
  groupId: 'legacy-sync',
  traits: 'an abandoned topic, a rolling deployment',
  topic: 'customers-v2',
  partitions: 3,
  members: 1,
  rate: steady(2),
  capacity: 40,
  abandoned: { topic: 'customers-v1', atMs: DAY_MS - 2 * HOUR },
  absences: ROLLING,
  ageSeconds: 300,
  wellMs: 15_000,
};

/** Minutes without a poll: one alone, and two in a row. */
export const MISSED_POLLS: readonly number[] = [at('03:17'), at('12:41'), at('12:42')];

/** In order of group id. */
export const GROUPS: readonly GroupShape[] = [
  auditArchive,
  billing,
  fulfilment,
  intranet,
  legacySync,
  notifications,
  payments,
  reports,
  searchIndex,
  settlement,
];
