/** What each function may do: no more than the adapters that its file in `functions/` lists. */
import type { StepFunctionName } from '#core/runbook/messages.ts';
import {
  describeCluster,
  type Grant,
  items,
  notify,
  objects,
  publishMetrics,
  readAlarms,
  readDiscovered,
  readKafka,
  readMetrics,
  readSecret,
  readServices,
  scaleServices,
  startRuns,
} from './permissions.ts';

/** Every function of the watcher: one file in `functions/`, one bundle, one role. */
export type FunctionName = 'poll' | 'discover' | 'heat-map' | 'reconcile' | StepFunctionName;

const READ_BROKERS: readonly Grant[] = [readKafka, readSecret, readDiscovered];
const UPDATE_INCIDENT = items('incident', 'GetItem', 'PutItem');
/** The capacity that a run raised, until it is restored. */
const UPDATE_RAISED = items('raised', 'GetItem', 'UpdateItem', 'DeleteItem');

/** A function without a row does not compile; one with too few fails when it calls AWS. */
export const RIGHTS: Readonly<Record<FunctionName, readonly Grant[]>> = {
  poll: [...READ_BROKERS, objects('history', 'GetObject', 'PutObject'), publishMetrics],
  discover: [describeCluster, objects('clusters', 'PutObject')],
  'heat-map': [objects('history', 'GetObject'), items('incident', 'GetItem')],
  lock: [items('lock', 'PutItem', 'DeleteItem'), UPDATE_INCIDENT],
  observe: [...READ_BROKERS, objects('history', 'GetObject'), objects('incidents', 'PutObject')],
  diagnose: [
    objects('incidents', 'GetObject', 'PutObject'),
    UPDATE_INCIDENT,
    items('cooldown', 'GetItem'),
    readServices,
    readMetrics,
  ],
  scale: [
    objects('incidents', 'GetObject'),
    UPDATE_INCIDENT,
    items('cooldown', 'PutItem'),
    UPDATE_RAISED,
    readServices,
    scaleServices,
  ],
  verify: [objects('incidents', 'GetObject'), UPDATE_INCIDENT, readServices, readMetrics],
  report: [objects('incidents', 'GetObject', 'PutObject'), UPDATE_INCIDENT, notify],
  // It does to a service and to an incident what the end of a run does. It reads metrics because a
  // group whose series is gone is in no alarm and may lag all the same.
  reconcile: [
    items('lock', 'GetItem', 'PutItem', 'DeleteItem'),
    UPDATE_INCIDENT,
    UPDATE_RAISED,
    readServices,
    readMetrics,
    scaleServices,
    notify,
    readAlarms,
    startRuns,
  ],
};
