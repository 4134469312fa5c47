import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionLoad } from '#core/evidence/evidence.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { planScaling } from '#core/scaling/scaling-plan.ts';
import { present } from '#core/text/json.ts';
import { PLAN_SCENARIOS, type PlanScenario } from '#test/scenarios/scaling-plan.scenarios.ts';
import { evidenceOf, observationOf } from '#test/support/groups/evidence.ts';

const limits = { drainTargetSeconds: 900, utilisation: 0.8 };

function planFor(scenario: Omit<PlanScenario, 'title' | 'to'>) {
  const { partitions, members, arrival, consume, lag = 1000, maxTasks, maxStepTasks, maxCapacity } = scenario;
  const tasks = scenario.tasks ?? members;
  const evidence = evidenceOf(
    {
      lags: Array.from({ length: partitions }, () => lag / partitions),
      arrivals: Array.from({ length: partitions }, () => arrival / partitions),
      members,
      consume,
      ...present({ assignor: scenario.assignor }),
      ...(scenario.abandoned === undefined
        ? {}
        : { second: { lags: Array<number>(scenario.abandoned).fill(1_000_000), owned: false } }),
    },
    { running: tasks, ...present({ maxCapacity }) },
  );
  return planScaling(evidence, {
    ...limits,
    ...present({ maxTasks, maxStepTasks }),
  });
}

describe('planScaling', () => {
  it.each(PLAN_SCENARIOS)('$title', ({ to, ...scenario }) => {
    const plan = planFor(scenario);

    if (typeof to === 'number') expect(plan).toMatchObject({ kind: 'step', to });
    else expect(plan).toMatchObject({ kind: 'none', reason: expect.stringMatching(to) });
  });

  it('caps Range by the largest topic and the sharing assignors by the sum', () => {
    const rows = [...observationOf({ lags: [1, 1, 1, 1] }).partitions];
    const two = [...rows, ...rows.slice(0, 2).map((row) => ({ ...row, topic: 'refunds' }))];
    const load = (assignor: string) =>
      partitionLoad({ ...observationOf(), partitions: two, assignor: known(assignor) });

    expect(load('range').memberLimit).toBe(4);
    expect(load('cooperative-sticky').memberLimit).toBe(6);
    expect(load('range').busiest(4)).toBe(2);
    expect(load('uniform').busiest(6)).toBe(1);
  });

  it.each([
    ['no service', { observation: observationOf(), service: absent }],
    ['an unreadable service', { observation: observationOf(), service: unknown('access denied') }],
    ['unknown members', { ...evidenceOf(), observation: { ...observationOf(), members: unknown('rebalancing') } }],
    ['unknown rates', { ...evidenceOf(), observation: { ...observationOf(), rates: unknown('new') } }],
  ])('plans nothing with %s', (_, evidence) => {
    expect(planScaling(evidence, limits).kind).toBe('none');
  });

  it('never plans above partitions, limits or below what runs, and every step takes load off the busiest', () => {
    const counts = fc.record({
      partitions: fc.integer({ min: 1, max: 200 }),
      perTask: fc.integer({ min: 1, max: 4 }),
      tasks: fc.integer({ min: 1, max: 50 }),
      arrival: fc.integer({ min: 0, max: 100_000 }),
      consume: fc.integer({ min: 1, max: 100_000 }),
      maxTasks: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(counts, ({ partitions, perTask, tasks, arrival, consume, maxTasks }) => {
        const plan = planFor({ partitions, members: tasks * perTask, tasks, arrival, consume, maxTasks });
        if (plan.kind === 'none') return;
        expect(plan.to).toBeGreaterThan(tasks);
        expect(plan.to).toBeLessThanOrEqual(Math.min(maxTasks, Math.ceil(partitions / perTask)));
        const busiest = (count: number) => Math.ceil(partitions / (count * perTask));
        expect(busiest(plan.to)).toBeLessThan(busiest(tasks));
      }),
    );
  });
});
