/** What is so, whatever anybody measures: when a fault hurts, and when its group is well again. */
import type { SimulatedCluster } from './cluster.ts';
import type { SimulatedGroup } from './group.ts';
import type { Fault } from './shapes.ts';

/** A fault as it went. Times are epoch ms; absent: it did not come to that. */
export interface FaultCourse {
  readonly groupId: string;
  readonly fault: Fault;
  /** The oldest unread record became older than the group's objective. */
  crossedMs?: number;
  /** Retention deleted the first unread record. */
  lostMs?: number;
  /** The fault is over, and so is the backlog that it left. */
  wellMs?: number;
}

export class Truth {
  readonly courses: readonly FaultCourse[];
  readonly #groups: ReadonlyMap<string, SimulatedGroup>;

  constructor({ groups }: SimulatedCluster) {
    this.#groups = new Map(groups.map((group) => [group.shape.groupId, group]));
    this.courses = groups.flatMap(({ shape: { groupId, faults } }) => faults.map((fault) => ({ groupId, fault })));
  }

  /** Looks at the groups in whose course something may happen. */
  tick(nowMs: number): void {
    for (const course of this.courses) {
      if (nowMs >= course.fault.fromMs && course.wellMs === undefined) this.#follow(course, nowMs);
    }
  }

  #follow(course: FaultCourse, nowMs: number): void {
    const group = this.#groups.get(course.groupId) as SimulatedGroup;
    const { ageSeconds = Number.POSITIVE_INFINITY, wellMs } = group.shape;
    const ageMs = group.trueAgeMs(nowMs);
    if (ageMs > ageSeconds * 1_000) course.crossedMs ??= nowMs;
    if (group.isLosing(nowMs)) course.lostMs ??= nowMs;
    if (nowMs >= course.fault.toMs && ageMs <= wellMs) course.wellMs = nowMs;
  }
}

/** By when an alarm is owed, epoch ms. @throws Error when the fault did not come to what its bound is counted from */
export function dueMs({ groupId, fault, crossedMs, lostMs }: FaultCourse): number {
  const minutesMs = fault.dueMinutes * 60_000;
  const from = { 'after-start': fault.fromMs, 'after-crossing': crossedMs, 'before-loss': lostMs }[fault.due];
  if (from === undefined) throw new Error(`${groupId}: ${fault.name} never got as far as ${fault.due}`);
  return fault.due === 'before-loss' ? from - minutesMs : from + minutesMs;
}
