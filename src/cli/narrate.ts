/** Tells what happens in the local account, one plain line an event. */
import type { GroupReading } from '../core/kafka.ts';
import { knownValue } from '../core/kafka.ts';
import { measureLag } from '../core/lag.ts';
import type { Progress, RunbookState } from '../core/runbook.ts';
import { roundDecimals } from '../core/text.ts';
import type { AccountEvent } from '../local/account.ts';
import type { AlarmTransition } from '../local/cloudwatch/alarm-event.ts';
import type { RunbookEvent } from '../local/runbook/runner.ts';

/** A line: what kind of thing happened, and what. */
export interface Line {
  readonly kind: string;
  readonly text: string;
}

/** The lines for one event; none for what a person need not see. */
export function narrate(event: AccountEvent, groupId: string): Line[] {
  switch (event.kind) {
    case 'polled': {
      const group = event.reading.groups.find((candidate) => candidate.groupId === groupId);
      return [{ kind: 'poll', text: group === undefined ? 'the group does not exist yet' : pollText(group) }];
    }
    case 'poll-failed':
      return [{ kind: 'poll', text: `failed: ${String(event.error)}` }];
    case 'alarm':
      return alarmLines(event.transition);
    case 'run-started':
      return [{ kind: 'runbook', text: `${event.run} started by the rule` }];
    case 'state':
      return stateLines(event.event);
    case 'found': {
      const { diagnosis, plan } = event.findings;
      const facts = [...diagnosis.facts, ...diagnosis.contributors, ...(diagnosis.mayScale ? plan.facts : [])];
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

/** The lag alarm speaks per group; as a whole it repeats that. The watcher's own begin without data, which says nothing. */
function alarmLines({ alarmName, contributor, from, to, reason }: AlarmTransition): Line[] {
  const text = `${alarmName}${contributor === undefined ? '' : ` for ${Object.values(contributor).join(', ')}`}: ${from} → ${to}`;
  if (contributor !== undefined) return [{ kind: 'alarm', text: `${text} (${roundDecimals(reason)})` }];
  if (alarmName.endsWith('-lag')) return [];
  return [{ kind: 'alarm', text: from === 'INSUFFICIENT_DATA' && to === 'ALARM' ? `${text} (no poll yet)` : text }];
}

function pollText(group: GroupReading): string {
  const { partitions, sumLag, complete } = measureLag(group);
  const each = partitions.map(({ lag }) => (lag.kind === 'known' ? lag.value : lag.kind === 'absent' ? '-' : '?'));
  const members = knownValue(group.members)?.length ?? '?';
  const atLeast = complete ? '' : 'at least ';
  return `lag ${atLeast}${sumLag ?? '-'} by partition [${each.join(' ')}], ${members} members, ${knownValue(group.state) ?? '?'}`;
}

function stateLines(event: RunbookEvent): Line[] {
  if (event.kind === 'caught') return [{ kind: 'runbook', text: `${event.state}: failed with ${event.error}` }];
  if (event.kind === 'entered') return event.type === 'Wait' ? [{ kind: 'runbook', text: event.state }] : [];
  const state = event.kind === 'left' ? (event.output as RunbookState) : {};
  // A state that failed leaves its error behind and no result; what failed was told when it was caught.
  const hasResult = state.error === undefined || /^(Report|Unlock)/.test(event.state);
  if (event.type !== 'Task' || !hasResult) return [];
  return [{ kind: 'runbook', text: `${event.state}: ${resultText(event.state, state)}` }];
}

const progressText = (progress: Progress | undefined): string =>
  `${progress?.kind === 'again' ? 'not yet' : progress?.kind}: ${progress?.reason}`;

/** What a state found out, from what it left in the runbook's state. */
function resultText(name: string, state: RunbookState): string {
  if (name === 'Lock') return `incident ${state.run?.incidentId}${state.run?.resumed ? ', continued' : ''}`;
  if (name.startsWith('Observe')) {
    const { observe } = state;
    return `lag ${observe?.sumLag ?? 'unknown'}, ${observe?.members ?? 'unknown'} members, ${observe?.state}, coverage ${observe?.coverage ?? 'unknown'}`;
  }
  if (name === 'Diagnose') return `${state.diagnose?.cause}, confidence ${state.diagnose?.confidence}`;
  if (name === 'Decide') return `${state.decide?.kind}: ${state.decide?.reason}`;
  if (name === 'Scale') return state.scale?.reason ?? '';
  if (name === 'Converge') return progressText(state.converge);
  if (name === 'Verify') return progressText(state.verify);
  if (name === 'Rollback') return state.rollback?.reason ?? '';
  if (name.startsWith('Report')) return state.report?.outcome ?? 'failed';
  return 'done';
}
