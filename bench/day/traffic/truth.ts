/** The truth behind the measurements: when a fault hurts, and when its group recovers. */
import type { SimulatedCluster } from './cluster.ts';
import type { SimulatedGroup } from './group.ts';
import type { Fault } from './shapes.ts';

/** The course of a fault. Times are epoch ms; absent: it never got that far. */
export interface FaultCourse {
  readonly groupId: string;
  readonly fault: Fault;
  /** The oldest unread record became older than the group's objective. */
  crossedMs?: number;
  /** Retention deleted the first unread record. */
  lostMs?: number;
  /** The fault and its backlog are over. */
  wellMs?: number;
}

export class Truth {
  readonly courses: readonly FaultCourse[];
  readonly #groups: ReadonlyMap<string, SimulatedGroup>;

  constructor({ groups }: SimulatedCluster) {
    this.#groups = new Map(groups.map((group) => [group.shape.groupId, group]));
    this.courses = groups.flatMap(({ shape: { groupId, faults } }) => faults.map((fault) => ({ groupId, fault })));
  }

  /** Checks the groups whose course is still open. */
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

/**
 * Time by which an alarm is owed, epoch ms.
 *
 * @throws Error when the fault never reached the start of its bound
 */
export function dueMs({ groupId, fault, crossedMs, lostMs }: FaultCourse): number {
  const minutesMs = fault.dueMinutes * 60_000;
  const from = { 'after-start': fault.fromMs, 'after-crossing': crossedMs, 'before-loss': lostMs }[fault.due];
  if (from === undefined) throw new Error(`${groupId}: ${fault.name} never got as far as ${fault.due}`);
  return fault.due === 'before-loss' ? from - minutesMs : from + minutesMs;
}
