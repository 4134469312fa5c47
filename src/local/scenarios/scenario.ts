/** A scenario of the demo: a load and its expected end. */
import type { CauseId } from '#core/diagnosis/causes/index.ts';
import type { IncidentOutcome } from '#core/runbook/incident.ts';
import type { ProducerOptions } from '#local/workload/start.ts';

export interface Scenario {
  /** Number for `--scenario`. */
  readonly id: string;
  readonly title: string;
  /** What to expect, in a sentence. */
  readonly expectation: string;
  /** Group id and topic name; also the ECS service's name. */
  readonly name: string;
  readonly partitions: number;
  readonly consumers: number;
  /** Processing time of a record. A consumer reads 1000 ÷ this per second. */
  readonly msPerRecord: number;
  readonly producer: Pick<ProducerOptions, 'rate' | 'distribution'>;
  /** Records of lag at which the group is in alarm. */
  readonly lagThreshold: number;
  readonly expected: {
    readonly cause: CauseId;
    readonly outcome: IncidentOutcome;
    /** Task count at the end. */
    readonly tasks: number;
  };
}

export const SCENARIOS: readonly Scenario[] = [
  {
    id: '1',
    title: 'too few consumers',
    expectation: 'lag grows evenly; the service is scaled from 2 to 8 tasks, one per partition, and lag drains',
    name: 'demo-orders',
    partitions: 8,
    consumers: 2,
    msPerRecord: 10,
    producer: { rate: 480, distribution: 'even' },
    lagThreshold: 1_000,
    expected: { cause: 'insufficient-consumers', outcome: 'recovered', tasks: 8 },
  },
  {
    id: '3',
    title: 'one hot key',
    expectation: 'lag grows on one partition; nothing is scaled, since more consumers cannot help',
    name: 'demo-payments',
    partitions: 8,
    consumers: 2,
    msPerRecord: 10,
    producer: { rate: 180, distribution: 'hot:0.9' },
    lagThreshold: 300,
    expected: { cause: 'hot-partition', outcome: 'not-scaled', tasks: 2 },
  },
];
