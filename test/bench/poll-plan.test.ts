import { describe, expect, it } from 'vitest';
import { checkPlan, commitsOf, countPlan, RECORDS, SPREAD_MS, timestampOf } from '#bench/poll/plan.ts';

const plan = { groups: 40, partitions: 60, topics: 8 };

describe('commitsOf', () => {
  it('commits each partition of a group once, half of them behind, within the log', () => {
    const commits = commitsOf(plan, 7);

    expect(new Set(commits.map(({ topic, partition }) => `${topic}/${partition}`)).size).toBe(60);
    expect(commits.filter(({ offset }) => offset < RECORDS)).toHaveLength(30);
    expect(commits.every(({ offset }) => offset >= 0 && offset <= RECORDS)).toBe(true);
  });
});

describe('countPlan', () => {
  it('counts partitions and lag of the commits', () => {
    const commits = Array.from({ length: plan.groups }, (_, group) => commitsOf(plan, group)).flat();
    const lag = commits.reduce((sum, { offset }) => sum + RECORDS - offset, 0);

    expect(countPlan(plan)).toMatchObject({ groupPartitions: 2_400, lagging: 1_200, lag, sharedPartitions: 200 });
  });

  it('contains partitions that several groups share with different commits', () => {
    const { groupsPerPartition, commitsPerPartition } = countPlan(plan);

    expect(groupsPerPartition).toBeGreaterThan(5);
    expect(commitsPerPartition).toBeGreaterThan(2);
  });
});

describe('checkPlan', () => {
  it('refuses more partitions than the topics have', () => {
    expect(() => checkPlan({ ...plan, partitions: 200 })).not.toThrow();
    expect(() => checkPlan({ ...plan, partitions: 201 })).toThrow('--partitions must be at most 200 with 8 topics');
  });
});

describe('timestampOf', () => {
  it('rises over hours to the given time', () => {
    const times = Array.from({ length: RECORDS }, (_, record) => timestampOf(record, SPREAD_MS));

    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBe(SPREAD_MS);
    expect(times[0]).toBeLessThan(SPREAD_MS / 50);
  });
});
