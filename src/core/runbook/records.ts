/** Records of locks, raised capacity and alarms that outlive a run. */
import type { ScalingLever, ServiceId } from './service.ts';

/** Kinds of items in the state table: the first part of their keys. */
export const ITEM_KINDS = ['lock', 'incident', 'cooldown', 'raised'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** A lock as it is stored. An expired lock does not count. */
export interface HeldLock {
  readonly owner: string;
  readonly expiresAtMs: number;
}

/** The capacity of a service before the watcher first raised it, and after. */
export interface RaisedCapacity {
  readonly service: ServiceId;
  readonly lever: ScalingLever;
  /** Value to restore once the backlog is gone. */
  readonly restoreTo: number;
  readonly raisedTo: number;
  readonly incidentId: string;
  readonly atMs: number;
}

/** The current state of an alarm. */
export interface AlarmStatus {
  readonly name: string;
  readonly arn: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** A person disabled its actions. */
  readonly actionsDisabled: boolean;
  /**
   * CloudWatch could not evaluate it completely: it has more series, or more in ALARM, than the
   * limits.
   */
  readonly partial: boolean;
}

/** A series of an alarm's query that is in ALARM: for a lag alarm, a group. */
export interface AlarmContributor {
  /** Encoded values of the dimensions that the query groups by, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly reason: string;
  /** Start of the ALARM state, epoch ms; absent when CloudWatch does not say. */
  readonly sinceMs?: number;
}
