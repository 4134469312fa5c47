/** A report that cannot be stored: the message is sent anyway, and the incident has its outcome. */
import { describe, expect, it, vi } from 'vitest';
import { decideRun, paceOf } from '#core/runbook/reconcile.ts';
import { MemoryStateStore } from '#local/twins/state-store.ts';
import { GROUP, runbookDefinition, runbookWorld, runRunbook } from '#test/support/runbook/runbook-world.ts';

// Takes seconds: outside the time of the first test.
runbookDefinition();

const denied = () => Promise.reject(new Error('the bucket refuses'));

describe('a report that cannot be stored', () => {
  it('has its message sent and its incident closed, although the run fails', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    world.incidents.putText = denied;
    const { visited, error } = await runRunbook(world);
    const incident = await world.state.loadIncident(GROUP);

    expect(String(error)).toContain('the bucket refuses');
    expect(visited).toContain('Failed');
    expect(world.notifier.sent).toMatchObject([
      {
        subject: `Kafka lag: recovered, group ${GROUP}`,
        body: expect.stringContaining('Report: could not be stored: the bucket refuses'),
      },
    ]);
    expect(incident).toMatchObject({ status: 'closed', outcome: 'recovered' });
    expect(incident).not.toHaveProperty('reportKey');
  });

  it('does not make a failed run look like a dead one, so the next run waits', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    world.incidents.putText = denied;
    world.incidents.putJson = denied;
    await runRunbook(world);
    const incident = await world.state.loadIncident(GROUP);
    if (incident === undefined) throw new Error('there is no incident');

    expect(world.notifier.sent).toMatchObject([{ subject: `Kafka lag: failed, group ${GROUP}` }]);
    expect(incident).toMatchObject({ status: 'open', outcome: 'failed' });
    const pace = paceOf(world.settings, world.clock.nowMs() + 300_000);
    expect(decideRun({ incident, locks: [] }, pace)).toMatchObject({
      kind: 'skip',
      id: 'reported-recently',
    });
  });

  it('has its message sent when the incident cannot be stored', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    const { saveIncident } = MemoryStateStore.prototype;
    vi.spyOn(world.state, 'saveIncident').mockImplementation(async (incident) => {
      if (incident.outcome !== undefined) throw new Error('the table refuses');
      await saveIncident.call(world.state, incident);
    });
    const { error } = await runRunbook(world);

    expect(String(error)).toContain('the table refuses');
    expect(world.notifier.sent).toMatchObject([{ body: expect.stringMatching(/Report: memory:incidents\//) }]);
  });
});
