/** What is kept of locks, raised capacity and alarms, beyond one run. */
import type { ScalingLever, ServiceId } from './service.ts';

/** A lock as it is stored; it no longer counts once it has expired. */
export interface HeldLock {
  readonly owner: string;
  readonly expiresAtMs: number;
}

/** The capacity a service had before the watcher first raised it, and what it was raised to. */
export interface RaisedCapacity {
  readonly service: ServiceId;
  readonly lever: ScalingLever;
  /** Value to restore once the backlog is gone. */
  readonly restoreTo: number;
  readonly raisedTo: number;
  readonly incidentId: string;
  readonly atMs: number;
}

/** An alarm as CloudWatch sees it now. */
export interface AlarmStatus {
  readonly name: string;
  readonly arn: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** Someone has switched its actions off. */
  readonly actionsDisabled: boolean;
  /** CloudWatch could not evaluate it whole: more series, or more of them in ALARM, than its limits. */
  readonly partial: boolean;
}

/** A series of an alarm's query that is in ALARM. */
export interface AlarmContributor {
  /** Encoded dimension values by name: those that the query groups by. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly reason: string;
  /** Since when it is in ALARM, epoch ms; absent when CloudWatch does not say. */
  readonly sinceMs?: number;
}
