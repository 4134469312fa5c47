/** The account runs the schedules of the template, reconcile among them. */
import { expect, it, onTestFinished } from 'vitest';
import { lagAlarmNames } from '#core/metrics/alarm-names.ts';
import { scaleTiming } from '#core/settings.ts';
import { type AccountEvent, LocalAccount } from '#local/account/account.ts';
import { CLUSTER, GROUP, runbookWorld } from '#test/support/runbook/runbook-world.ts';
import { synthExample } from '#test/support/stack/synth.ts';

/** Milliseconds of a minute in the account. */
const TIME_SCALE = 0.001;
const MINUTE = 60_000 * TIME_SCALE;
const template = synthExample({ clusterName: CLUSTER }).toJSON();

it('reconcile starts the run that the event did not, at its first scheduled minute that allows it', async () => {
  const { clock, metrics, state, settings, group, history, incidents, notifier } = runbookWorld({
    arrivals: Array(8).fill(600_000),
  });
  const events: { minute: number; event: AccountEvent }[] = [];
  let minute = 0;
  const account = new LocalAccount({
    template,
    settings: scaleTiming(settings, TIME_SCALE),
    timeScale: TIME_SCALE,
    cloudwatch: metrics,
    world: { clock, state, history, incidents, notifier, metrics, offsets: group, scaler: group },
    onEvent: (event) => events.push({ minute, event }),
  });
  onTestFinished(() => account.stop());
  const until = async (last: number) => {
    for (minute += 1; minute <= last; minute++) {
      clock.advance(MINUTE);
      await account.tick();
    }
    minute = last;
  };
  const runs = () =>
    events.flatMap((each) => (each.event.kind === 'run-started' ? [[each.minute, each.event.run]] : []));
  // Another owner holds the group's lock while the event is fresh, so the run ends at once.
  const nowMs = clock.nowMs();
  await state.acquireLock({ keys: [`group#${GROUP}`], owner: 'other', nowMs, expiresAtMs: nowMs + 11.5 * MINUTE });
  await until(11);
  const changes = events.flatMap(({ event }) => (event.kind === 'alarm' ? [event.transition] : []));
  expect(changes.map(({ alarmName, to }) => [alarmName, to])).toContainEqual([lagAlarmNames(CLUSTER, 1)[0], 'ALARM']);
  expect(runs()).toEqual([[expect.any(Number), 'local-1']]);
  await until(16);

  expect(runs().slice(1)).toEqual([[15, expect.stringMatching(/^reconcile-/)]]);
  expect(events.filter(({ event }) => event.kind === 'reconcile-failed' || event.kind === 'poll-failed')).toEqual([]);
});
