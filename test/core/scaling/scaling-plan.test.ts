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
  const { partitions, members, produce, consume, lag = 1000, maxTasks, maxStepTasks, maxCapacity } = scenario;
  const tasks = scenario.tasks ?? members;
  const evidence = evidenceOf(
    {
      lags: Array.from({ length: partitions }, () => lag / partitions),
      produce: Array.from({ length: partitions }, () => produce / partitions),
      members,
      consume,
      ...present({ assignor: scenario.assignor }),
      second: { lags: Array<number>(scenario.abandoned ?? 0).fill(1_000_000), owned: false },
    },
    { running: tasks, ...present({ maxCapacity }) },
  );
  return planScaling(evidence, { ...limits, ...present({ maxTasks, maxStepTasks }) });
}

describe('planScaling', () => {
  it.each(PLAN_SCENARIOS)('$title', ({ to, ...scenario }) => {
    const plan = planFor(scenario);

    if (typeof to === 'number') expect(plan).toMatchObject({ kind: 'step', to });
    else expect(plan).toMatchObject({ kind: 'none', id: to });
  });

  it('limits members by the largest topic with Range, and by all topics with sharing assignors', () => {
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
    ['no service', 'service-unknown', { observation: observationOf(), service: absent }],
    ['an unreadable service', 'service-unknown', { observation: observationOf(), service: unknown('access denied') }],
    [
      'unknown members',
      'members-unknown',
      { ...evidenceOf(), observation: { ...observationOf(), members: unknown('rebalancing') } },
    ],
    ['unknown rates', 'rates-unknown', { ...evidenceOf(), observation: { ...observationOf(), rates: unknown('new') } }],
  ] as const)('plans nothing with %s', (_, id, evidence) => {
    expect(planScaling(evidence, limits)).toMatchObject({ kind: 'none', id });
  });

  it('plans only steps within all limits that take a partition from the busiest consumer', () => {
    const counts = fc.record({
      partitions: fc.integer({ min: 1, max: 200 }),
      perTask: fc.integer({ min: 1, max: 4 }),
      tasks: fc.integer({ min: 1, max: 50 }),
      produce: fc.integer({ min: 0, max: 100_000 }),
      consume: fc.integer({ min: 1, max: 100_000 }),
      maxTasks: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(counts, ({ partitions, perTask, tasks, produce, consume, maxTasks }) => {
        const plan = planFor({ partitions, members: tasks * perTask, tasks, produce, consume, maxTasks });
        if (plan.kind === 'none') return;
        expect(plan.to).toBeGreaterThan(tasks);
        expect(plan.to).toBeLessThanOrEqual(Math.min(maxTasks, Math.ceil(partitions / perTask)));
        const busiest = (count: number) => Math.ceil(partitions / (count * perTask));
        expect(busiest(plan.to)).toBeLessThan(busiest(tasks));
      }),
    );
  });
});
