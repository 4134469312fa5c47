/** The payload between states stays small, even for a large group. */
import { describe, expect, it } from 'vitest';
import type { RunbookState } from '#core/runbook/messages.ts';
import { GROUP, runbookWorld, runRunbook } from '#test/support/runbook/runbook-world.ts';

describe('an error with a message of 30 KB', () => {
  it('is cut in the payload and in the incident', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    world.state.loadCooldown = () => Promise.reject(new Error('x'.repeat(30_000)));
    const { visited, largestPayload } = await runRunbook(world);
    const incident = await world.state.loadIncident(GROUP);

    expect(visited).toContain('ReportFailure');
    expect(largestPayload).toBeLessThan(8 * 1024);
    expect(JSON.stringify(incident).length).toBeLessThan(8 * 1024);
  });
});

describe('a group of 2,000 partitions', () => {
  it('passes through the whole runbook with less than 8 KB between any two states', async () => {
    const world = runbookWorld({ arrivals: Array(2_000).fill(1), tasks: 10, capacity: 100 });
    await world.pollFor(6);
    const { output, largestPayload } = await runRunbook(world);

    expect((output as RunbookState).report?.outcome).toBe('recovered');
    expect(largestPayload).toBeGreaterThan(500);
    expect(largestPayload).toBeLessThan(8 * 1024);
    const incident = await world.state.loadIncident(GROUP);
    const findings = JSON.stringify(await world.incidents.getJson(incident?.findingsKey ?? ''));
    expect(findings.length).toBeGreaterThan(256 * 1024);
  });
});
