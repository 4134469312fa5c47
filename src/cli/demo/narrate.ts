/** Turns the events of the local account into plain lines. */

import { SummaryRows } from '#cli/views/summary-table.ts';
import { viewReading } from '#core/group/view-reading.ts';
import { appendReading, emptyHistory, type LagHistory, pollsByGroup } from '#core/history/history.ts';
import type { ClusterReading, GroupReading } from '#core/kafka/model.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { measureLag } from '#core/lag/lag.ts';
import { type RunbookState, stepOfState, stepSummary } from '#core/runbook/messages.ts';
import { roundDecimals } from '#core/text/text.ts';
import type { AccountEvent } from '#local/account/account.ts';
import type { AlarmTransition } from '#local/cloudwatch/alarm-event.ts';
import type { RunbookEvent } from '#local/runbook/runner.ts';

/** A line: the kind of event, and what happened. */
export interface Line {
  readonly kind: string;
  readonly text: string;
}

export interface NarratorOptions {
  readonly groupId: string;
  /** Window of statuses and rates in ms, as in `lag watch`, on the demo's time scale. */
  readonly windowMs: number;
}

/** Polls that are kept for rates and status. */
const HISTORY_SAMPLES = 60;

/** Narrates one group. Polls become rows of the table of `lag watch`. */
export class Narrator {
  readonly #options: NarratorOptions;
  readonly #rows = new SummaryRows();
  #history: LagHistory = emptyHistory;

  constructor(options: NarratorOptions) {
    this.#options = options;
  }

  /** The lines for one event; empty for events that do not matter to a person. */
  linesFor(event: AccountEvent): readonly Line[] {
    return event.kind === 'polled' ? this.#pollLines(event.reading) : linesFor(event);
  }

  #pollLines(reading: ClusterReading): readonly Line[] {
    const { groupId, windowMs } = this.#options;
    const group = reading.groups.find((candidate) => candidate.groupId === groupId);
    if (group === undefined) return [{ kind: 'poll', text: 'the group does not exist yet' }];
    const alone = { ...reading, groups: [group], unreadableGroups: [], otherGroups: [] };
    this.#history = appendReading(this.#history, alone, HISTORY_SAMPLES);
    const polls = pollsByGroup(this.#history);
    const [view] = viewReading(alone, { polls, windowMs, isolationOf: () => 'read_uncommitted' });
    const texts = view === undefined ? [] : this.#rows.add(view, reading.atMs, partitionsText(group));
    return texts.map((text) => ({ kind: 'poll', text }));
  }
}

function linesFor(event: Exclude<AccountEvent, { readonly kind: 'polled' }>): Line[] {
  switch (event.kind) {
    case 'poll-failed':
      return [{ kind: 'poll', text: `failed: ${String(event.error)}` }];
    case 'reconcile-failed':
      return [{ kind: 'reconcile', text: `failed: ${String(event.error)}` }];
    case 'alarm':
      return alarmLines(event.transition);
    case 'run-started':
      return [
        {
          kind: 'runbook',
          text: `${event.run} started by ${event.run.startsWith('reconcile-') ? 'reconcile' : 'the rule'}`,
        },
      ];
    case 'state':
      return stateLines(event.event);
    case 'found': {
      const { diagnosis, plan } = event.findings;
      const facts = [
        ...diagnosis.facts,
        ...diagnosis.contributors,
        ...(diagnosis.response === 'scale' ? plan.facts : []),
      ];
      return facts.map((fact) => ({ kind: 'evidence', text: fact.text }));
    }
    case 'run-ended':
      return [
        {
          kind: 'runbook',
          text: event.error === undefined ? `${event.run} succeeded` : `${event.run} failed: ${String(event.error)}`,
        },
      ];
  }
}

/**
 * The lag alarm gets a line per group, not as a whole. The other alarms begin without data, which
 * is no failure.
 */
function alarmLines({ alarmName, contributor, from, to, reason }: AlarmTransition): Line[] {
  const text = `${alarmName}${contributor === undefined ? '' : ` for ${Object.values(contributor).join(', ')}`}: ${from} → ${to}`;
  if (contributor !== undefined) return [{ kind: 'alarm', text: `${text} (${roundDecimals(reason)})` }];
  if (alarmName.endsWith('-lag')) return [];
  return [{ kind: 'alarm', text: from === 'INSUFFICIENT_DATA' && to === 'ALARM' ? `${text} (no poll yet)` : text }];
}

/** The lag of each partition, and the group's state. */
function partitionsText(group: GroupReading): string {
  const lags = measureLag(group).partitions.map(({ lag }) => lag);
  const each = lags.map((lag) => (lag.kind === 'known' ? lag.value : lag.kind === 'absent' ? '-' : '?'));
  return `by partition [${each.join(' ')}], ${knownValue(group.state) ?? '?'}`;
}

function stateLines(event: RunbookEvent): Line[] {
  if (event.kind === 'caught') return [{ kind: 'runbook', text: `${event.state}: failed with ${event.error}` }];
  if (event.kind === 'entered') return event.type === 'Wait' ? [{ kind: 'runbook', text: event.state }] : [];
  const step = stepOfState(event.state);
  if (step === undefined) return [];
  const state = event.output as RunbookState;
  // A state that failed leaves its error and no result. Its error had a line when it was caught.
  const hasResult = state.error === undefined || step === 'report' || step === 'unlock';
  return hasResult ? [{ kind: 'runbook', text: `${event.state}: ${stepSummary(step, state) ?? 'failed'}` }] : [];
}
