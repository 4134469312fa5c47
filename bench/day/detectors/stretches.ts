/** When a detector said that something is wrong. */
import type { Stretch } from '#bench/day/traffic/shapes.ts';

/** Alarms of one detector, by group, in order of time. */
export type Alarms = ReadonlyMap<string, readonly Stretch[]>;

/** Notes by group whether a detector is in alarm, moment after moment. */
export class AlarmLog {
  readonly #stretches = new Map<string, Stretch[]>();
  readonly #since = new Map<string, number>();

  note(groupId: string, isAlarm: boolean, atMs: number): void {
    const since = this.#since.get(groupId);
    if (isAlarm && since === undefined) this.#since.set(groupId, atMs);
    if (isAlarm || since === undefined) return;
    this.#since.delete(groupId);
    this.#stretches.set(groupId, [...(this.#stretches.get(groupId) ?? []), { fromMs: since, toMs: atMs }]);
  }

  /** What was noted; an alarm that is not over ends at `endMs`. */
  close(endMs: number): Alarms {
    for (const groupId of [...this.#since.keys()]) this.note(groupId, false, endMs);
    return this.#stretches;
  }
}
