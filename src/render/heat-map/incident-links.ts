/** The newest incident of a group, as a heat map shows it. */

import type { Incident } from '#core/runbook/incident.ts';
import { isOfReconcile, lastEventOf } from '#core/runbook/reconcile.ts';
import { present } from '#core/text/json.ts';
import type { HeatMapIncident, HeatMapLink } from './input.ts';
import { type Console, objectLink, runLink } from './links.ts';

const OUTCOMES: Readonly<Record<NonNullable<Incident['outcome']>, string>> = {
  recovered: 'recovered after a scaling',
  'not-scaled': 'nothing was scaled',
  'rolled-back': 'a scaling did not help and was rolled back',
  'not-helped': 'a scaling did not help',
  failed: 'the run failed',
};

/** With links to its report and to the newest run, as far as there are any. `place` is absent where nothing can be linked. */
export function shownIncident(incident: Incident, place: Console | undefined): HeatMapIncident {
  const { status, openedAtMs, outcome, reportKey, runId } = incident;
  const last = lastEventOf(incident);
  // A report is the last thing that a run notes. After a run that died it is reconcile that says what became of it.
  const ended = last.step === 'report' ? outcome && OUTCOMES[outcome] : undefined;
  const shown = isOfReconcile(last) ? last.text : ended;
  const links: (HeatMapLink | undefined)[] =
    place === undefined
      ? []
      : [
          runId === undefined ? undefined : runLink(place, runId),
          reportKey === undefined ? undefined : objectLink(place, reportKey),
        ];
  return {
    status,
    openedAtMs,
    ...present({ outcome: shown }),
    links: links.filter((link) => link !== undefined),
  };
}
