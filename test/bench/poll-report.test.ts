import { describe, expect, it } from 'vitest';
import { compareWithPlan } from '#bench/poll/oracle.ts';
import { countPlan } from '#bench/poll/plan.ts';
import { addedPerBroker, busiestBroker, figuresOf, targetRows, verdictOf } from '#bench/poll/report.ts';
import { type ProcessReport, parseReport, type Sample } from '#bench/poll/sample.ts';

const plan = { groups: 3_000, partitions: 50, topics: 200 };
const sample = (ms: number, over: Partial<Sample> = {}): Sample => ({
  ms,
  cpuMs: ms / 2,
  requests: { a: { ListOffsets: 3, Metadata: 1 }, b: { ListOffsets: 3 } },
  groups: 1,
  partitions: 1,
  lag: 0,
  unknown: 0,
  ages: 0,
  ...over,
});
const report = (ms: number, over: Partial<Sample> = {}): ProcessReport => ({
  processStartMs: 100,
  first: sample(2 * ms, over),
  warm: [sample(ms, over), sample(ms + 2, over)],
  rssMb: 99.5,
});

describe('figuresOf', () => {
  it('separates first and warm readings', () => {
    const figures = figuresOf([report(10), report(20)]);

    expect(figures.coldMs).toEqual({ min: 120, median: 130, max: 140 });
    expect(figures.warmMs).toEqual({ min: 10, median: 16, max: 22 });
  });

  it('counts the requests of the reading that sent most, even if it is the first', () => {
    const requests = { a: { ListOffsets: 40 } };
    const other = { ...report(10), first: sample(30, { requests }) };

    expect(figuresOf([report(10), other, report(10)]).requests).toEqual(requests);
  });
});

describe('requests', () => {
  it('counts the requests to the busiest broker', () => {
    expect(busiestBroker(sample(1).requests)).toBe(4);
  });

  it('counts the largest number that ages add for a broker', () => {
    const with_ = { a: { ListOffsets: 9, Metadata: 1 }, b: { ListOffsets: 12 } };

    expect(addedPerBroker(sample(1).requests, with_)).toBe(9);
  });
});

describe('verdictOf', () => {
  const aged = { ages: 1, requests: { a: { ListOffsets: 21, Metadata: 1 }, b: { ListOffsets: 21 } } };
  const verdict = (readWithAge: ProcessReport) => {
    const reports = { read: [report(9)], readWithAge: [readWithAge], poll: [report(49)], kafkajs: [report(99)] };
    const figures = {
      read: figuresOf(reports.read),
      readWithAge: figuresOf(reports.readWithAge),
      poll: figuresOf(reports.poll),
      kafkajs: figuresOf(reports.kafkajs),
    };
    return verdictOf(reports, figures);
  };

  it('compares warm readings', () => {
    expect(verdict(report(39, aged))).toEqual({
      requestsPerBroker: 4,
      ageRequestsPerBroker: 18,
      readVsKafkajs: 0.1,
      readWithAgeVsKafkajs: 0.4,
      rssMb: 100,
      pollVsKafkajs: 0.5,
      pollRssMb: 100,
    });
  });

  it('has null for ages when none was known', () => {
    const withoutAges = verdict(report(39));

    expect(withoutAges).toMatchObject({ ageRequestsPerBroker: null, readWithAgeVsKafkajs: null });
    expect(targetRows(plan, withoutAges).rows).toContainEqual([
      'ageRequestsPerBroker',
      '20',
      '-',
      'not measured: no age was known',
    ]);
  });

  it('allows 3 more requests per broker for each further thousand groups', () => {
    expect(targetRows(plan, verdict(report(39))).rows[0]).toEqual(['requestsPerBroker', '18', '4', 'yes']);
  });
});

describe('compareWithPlan', () => {
  const counts = countPlan(plan);
  const right = sample(1, { groups: 3_000, partitions: 150_000, lag: counts.lag });

  it('accepts a reading that matches the commits', () => {
    expect(compareWithPlan(plan, counts, [right])).toEqual([]);
  });

  it.each([{ lag: counts.lag + 1 }, { unknown: 1 }, { groups: 2_999 }])('notices %j', (wrong) => {
    expect(compareWithPlan(plan, counts, [right, { ...right, ...wrong }])).toHaveLength(1);
  });
});

describe('parseReport', () => {
  it('reads the report that a process writes', () => {
    expect(parseReport(JSON.stringify(report(5)))).toEqual(report(5));
  });

  it.each(['', '{}', JSON.stringify({ ...report(5), warm: [] })])('refuses %j', (output) => {
    expect(() => parseReport(output)).toThrow();
  });
});
