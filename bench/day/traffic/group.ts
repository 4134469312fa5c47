/** A simulated group: its logs grow, its members read and commit, tick by tick. */

import { ageOf, nextQuestion, toleranceMs } from '#core/ages/age.ts';
import type { AgeBudget } from '#core/ages/budget.ts';
import { emptyTimeline, withAnswer } from '#core/ages/timeline.ts';
import type { GroupReading, Member, PartitionReading, RecordAge } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { SimulatedLog, TICK_MS } from './log.ts';
import { type Absence, type GroupShape, isIn } from './shapes.ts';

/** Time from writing a record until a consumer that keeps up has processed it. */
const PROCESSING_MS = 300;
/** Noise of the produce rate: the most that a tick may differ from the mean. */
const NOISE = 0.25;

/** One partition with the group's position in it. */
export interface Work {
  readonly topic: string;
  readonly partition: number;
  readonly log: SimulatedLog;
  /** Position of the reader, with fractions of a record. */
  position: number;
  committed: number;
}

/** A commit. The same offset may be committed repeatedly. */
export interface Commit {
  readonly work: Work;
  readonly offset: number;
}

export class SimulatedGroup {
  readonly shape: GroupShape;
  readonly works: readonly Work[];
  readonly #random: () => number;
  #generation = 1;
  #wasAbsent = false;

  constructor(shape: GroupShape, fromMs: number, random: () => number) {
    this.shape = shape;
    this.#random = random;
    const workOn = (topic: string, partition: number): Work => ({
      topic,
      partition,
      log: new SimulatedLog(fromMs, shape.retention),
      position: 0,
      committed: 0,
    });
    this.works = [
      ...Array.from({ length: shape.partitions }, (_, partition) => workOn(shape.topic, partition)),
      ...(shape.abandoned === undefined ? [] : [workOn(shape.abandoned.topic, 0)]),
    ];
  }

  /** Simulates a tick and returns its commits. */
  tick(atMs: number): Commit[] {
    for (const { log } of this.works) log.append(this.#arrivals(atMs));
    for (const { backMs } of this.shape.rewinds.filter((rewind) => isTick(rewind.atMs, atMs))) {
      for (const work of this.#read(atMs)) work.position = work.committed = work.log.before(atMs - backMs);
    }
    const absence = this.#absenceAt(atMs);
    if (this.#wasAbsent && absence === undefined) this.#generation += 1;
    this.#wasAbsent = absence !== undefined;
    if (absence !== undefined) return [];
    const isDue = atMs % this.shape.commitEveryMs === 0;
    return this.#read(atMs).flatMap((work) => this.#work(work, atMs, isDue));
  }

  /** The group as the brokers would report it. */
  reading(nowMs: number, budget: AgeBudget | undefined): GroupReading {
    const absence = this.#absenceAt(nowMs);
    const members = this.#members(absence);
    const isStable = absence === undefined;
    return {
      groupId: this.shape.groupId,
      type: 'classic',
      kind: 'consumer',
      state: known(isStable ? 'Stable' : absence.kind === 'no-members' ? 'Empty' : 'PreparingRebalance'),
      assignor: isStable ? known('RangeAssignor') : absent,
      epoch: absent,
      members: absence?.kind === 'members-unknown' ? unknown('its coordinator is loading') : known(members),
      partitions: this.works.map((work) => partitionReading(work, nowMs, budget)),
    };
  }

  /** True age in ms of the oldest unread record that the group should read; 0 when all is read. */
  trueAgeMs(nowMs: number): number {
    const ages = this.#read(nowMs).map(({ log, committed }) => {
      const next = Math.max(committed, log.startAt(nowMs));
      return next < log.before(nowMs) ? nowMs - log.stampOf(next) : 0;
    });
    return Math.max(...ages);
  }

  /** Whether retention has deleted an unread record. */
  isLosing(nowMs: number): boolean {
    return this.#read(nowMs).some(({ log, committed }) => log.startAt(nowMs) > committed);
  }

  /** The partitions that the group should read, without abandoned ones. */
  #read(atMs: number): readonly Work[] {
    const { partitions, abandoned } = this.shape;
    return abandoned !== undefined && atMs < abandoned.atMs ? this.works : this.works.slice(0, partitions);
  }

  #arrivals(atMs: number): number {
    const mean = (this.shape.rate(atMs) * TICK_MS) / 1_000;
    // Drawn at random instead of rounded, so that low rates produce a few records a day.
    return Math.floor(mean * (1 + NOISE * (2 * this.#random() - 1)) + this.#random());
  }

  #work(work: Work, atMs: number, isDue: boolean): Commit[] {
    const { shape } = this;
    const isHere = ({ partition = work.partition }: { readonly partition?: number }) => partition === work.partition;
    const stall = shape.stalls.find((each) => isIn(each, atMs) && isHere(each));
    if (stall === undefined) {
      const slow = shape.slowness.find((each) => isIn(each, atMs) && isHere(each));
      const perSecond = slow === undefined ? shape.capacity : shape.rate(atMs) * slow.share;
      const from = Math.max(work.position, work.log.startAt(atMs));
      work.position = Math.min(
        Math.max(from, work.log.before(atMs - PROCESSING_MS)),
        from + (perSecond * TICK_MS) / 1_000,
      );
    }
    if (!isDue || stall?.repeatsCommits === false) return [];
    work.committed = Math.floor(work.position);
    return [{ work, offset: work.committed }];
  }

  #absenceAt(atMs: number): Absence | undefined {
    return this.shape.absences.find((absence) => isIn(absence, atMs));
  }

  #members(absence: Absence | undefined): Member[] {
    if (absence?.kind === 'no-members') return [];
    const { groupId, members, topic, partitions } = this.shape;
    const each = Math.ceil(partitions / members);
    return Array.from({ length: members }, (_, i) => ({
      memberId: `${groupId}-${this.#generation}-${i}`,
      clientId: `${groupId}-task-${i}`,
      host: `10.0.0.${i + 1}`,
      assignment:
        absence === undefined
          ? Array.from({ length: partitions }, (_, partition) => ({ topic, partition })).slice(i * each, (i + 1) * each)
          : [],
    }));
  }
}

/** Whether a moment lies in the tick that begins at `tickMs`. */
const isTick = (atMs: number, tickMs: number): boolean => atMs >= tickMs && atMs < tickMs + TICK_MS;

function partitionReading(work: Work, nowMs: number, budget: AgeBudget | undefined): PartitionReading {
  const { topic, partition, log, committed } = work;
  const [start, end] = [log.startAt(nowMs), log.before(nowMs)];
  return {
    topic,
    partition,
    committedOffset: known(BigInt(committed)),
    logStartOffset: known(BigInt(start)),
    logEndOffset: known(BigInt(end)),
    lastStableOffset: known(BigInt(end)),
    age: ageReading(log, Math.max(committed, start), { nowMs, end, budget }),
  };
}

interface AgeQuestion {
  readonly nowMs: number;
  readonly end: number;
  readonly budget: AgeBudget | undefined;
}

/** Searches the age as the reader does, with a log that answers as a broker would. */
function ageReading(log: SimulatedLog, offset: number, { nowMs, end, budget }: AgeQuestion): Reading<RecordAge> {
  if (budget === undefined) return unknown('was not asked');
  if (offset >= end) return absent;
  const search = { nowMs, order: { stampedByBroker: false, mayHaveGaps: false }, tolerance: toleranceMs };
  let timeline = emptyTimeline;
  for (let round = 0; round < budget.rounds; round++) {
    const question = nextQuestion(timeline, [offset], search, round);
    if (question === undefined) break;
    timeline = withAnswer(timeline, log.firstFrom(question, nowMs));
  }
  return ageOf(timeline, offset, search);
}
