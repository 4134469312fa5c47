/** When a detector was in alarm. */
import type { Stretch } from '#bench/day/traffic/shapes.ts';

/** Alarms of one detector, by group, in order of time. */
export type Alarms = ReadonlyMap<string, readonly Stretch[]>;

/** Records by group when a detector is in alarm. */
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

  /** The recorded alarms. An open one ends at `endMs`. */
  close(endMs: number): Alarms {
    for (const groupId of [...this.#since.keys()]) this.note(groupId, false, endMs);
    return this.#stretches;
  }
}
