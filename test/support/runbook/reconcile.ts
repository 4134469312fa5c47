/** Incidents and locks as reconcile finds them. Times are minutes before now. */
import type { Incident, IncidentOutcome } from '#core/runbook/incident.ts';

export const NOW = Date.UTC(2026, 0, 5, 3);
export const ago = (minutes: number): number => NOW - minutes * 60_000;
export const service = { cluster: 'shop', service: 'billing-consumer' };

/** An hour between runs, five minutes for an event, three between two checks. */
export const PACE = { nowMs: NOW, afterMs: 3_600_000, eventTurnMs: 300_000, settleMs: 180_000 };

/** An incident that ended with a report some minutes ago. */
export const ended = (minutes: number, outcome: IncidentOutcome = 'not-scaled'): Incident => ({
  incidentId: 'i-1',
  groupId: 'billing',
  openedAtMs: ago(minutes + 5),
  status: outcome === 'failed' ? 'open' : 'closed',
  outcome,
  events: [
    { atMs: ago(minutes + 5), step: 'lock', text: '' },
    { atMs: ago(minutes), step: 'report', text: '' },
  ],
});

/** An incident whose run died after a step some minutes ago. */
export const died = (minutes: number, step = 'scale'): Incident => ({
  incidentId: 'i-1',
  groupId: 'billing',
  openedAtMs: ago(minutes + 5),
  status: 'open',
  events: [{ atMs: ago(minutes), step, text: '' }],
});

/** An incident that reconcile closed some minutes ago. */
export const restored = (minutes: number): Incident => ({
  ...died(minutes, 'reconcile'),
  status: 'closed',
  outcome: 'rolled-back',
});

export const held = { owner: 'run-1', expiresAtMs: NOW + 60_000 };
export const expired = { owner: 'run-1', expiresAtMs: NOW };
