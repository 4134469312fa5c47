/** The results: tables, targets, and one JSON object. */
import { type Spread, showSpread, spreadOf } from '#bench/statistics.ts';
import { CONTENDERS, type Contender, type Reports } from './measure.ts';
import type { PollPlan } from './plan.ts';
import type { ProcessReport, Sample } from './sample.ts';

/** Of one contender. */
export interface Figures {
  readonly processStartMs: Spread;
  readonly firstReadMs: Spread;
  /** Process start and first read. */
  readonly coldMs: Spread;
  readonly warmMs: Spread;
  /** Of a warm reading. */
  readonly cpuMs: Spread;
  readonly rssMb: Spread;
  /** Requests of the reading that sent most, by broker and request name. */
  readonly requests: Sample['requests'];
}

/** Spreads over the processes of a contender. @throws when a measurement is missing */
export function figuresOf(reports: readonly ProcessReport[]): Figures {
  const warm = reports.flatMap((report) => report.warm);
  const all = reports.flatMap((report) => [report.first, ...report.warm]);
  // The costliest reading counts: the first one fills caches, and ages need a varying number of
  // rounds.
  const most = spreadOf(
    'requests',
    all.map(({ requests }) => countRequests(requests)),
  ).max;
  const requests = all.find((sample) => countRequests(sample.requests) === most)?.requests ?? {};
  return {
    processStartMs: spreadOf(
      'process start',
      reports.map((report) => report.processStartMs),
    ),
    firstReadMs: spreadOf(
      'first read',
      reports.map((report) => report.first.ms),
    ),
    coldMs: spreadOf(
      'cold read',
      reports.map((report) => report.processStartMs + report.first.ms),
    ),
    warmMs: spreadOf(
      'warm read',
      warm.map((sample) => sample.ms),
    ),
    cpuMs: spreadOf(
      'CPU time',
      warm.map((sample) => sample.cpuMs),
    ),
    rssMb: spreadOf(
      'memory',
      reports.map((report) => report.rssMb),
    ),
    requests,
  };
}

/** Requests over all brokers. */
export const countRequests = (requests: Sample['requests']): number =>
  Object.values(requests).reduce((sum, names) => sum + countNames(names), 0);

const countNames = (names: Readonly<Record<string, number>>): number =>
  Object.values(names).reduce((sum, count) => sum + count, 0);

/** Requests to the broker that gets most of them. */
export const busiestBroker = (requests: Sample['requests']): number =>
  spreadOf('requests', Object.values(requests).map(countNames)).max;

/** Requests that ages add, for the broker to which they add most. */
export const addedPerBroker = (without: Sample['requests'], with_: Sample['requests']): number =>
  spreadOf(
    'requests for ages',
    Object.entries(with_).map(([broker, names]) => countNames(names) - countNames(without[broker] ?? {})),
  ).max;

/** Head and rows of the table of contenders. */
export function contenderRows(figures: Readonly<Record<Contender, Figures>>) {
  const head = [
    'reader',
    'process start ms',
    'first read ms',
    'warm ms',
    'warm CPU ms',
    'peak RSS MB',
    'most requests',
  ];
  const rows = (Object.keys(CONTENDERS) as Contender[]).map((contender) => {
    const of = figures[contender];
    const spreads = [of.processStartMs, of.firstReadMs, of.warmMs, of.cpuMs, of.rssMb].map((spread) =>
      showSpread(spread),
    );
    return [CONTENDERS[contender].title, ...spreads, String(countRequests(of.requests))];
  });
  return { head, rows };
}

/** Head and rows of the requests of the costliest reading, by name and broker. */
export function requestRows({ requests }: Figures) {
  const names = [...new Set(Object.values(requests).flatMap((of) => Object.keys(of)))].sort();
  const rows = names.map((name) => [name, ...Object.values(requests).map((of) => String(of[name] ?? 0))]);
  const total = ['all', ...Object.values(requests).map((of) => String(countNames(of)))];
  return { head: ['request', ...Object.keys(requests)], rows: [...rows, total] };
}

/** The figures with targets; `undefined` when the reader returned no age. */
export interface Verdict {
  readonly requestsPerBroker: number;
  readonly ageRequestsPerBroker: number | null;
  readonly readVsKafkajs: number;
  readonly readWithAgeVsKafkajs: number | null;
  readonly rssMb: number;
  /** A whole poll with ages, relative to reading with kafkajs alone. */
  readonly pollVsKafkajs: number;
  readonly pollRssMb: number;
}

/** The figures with targets. Those of ages are null when no age is known. */
export function verdictOf(reports: Reports, figures: Readonly<Record<Contender, Figures>>): Verdict {
  const { read, readWithAge, poll, kafkajs } = figures;
  const hasAges = reports.readWithAge.every(({ warm }) => warm.every(({ ages }) => ages > 0));
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  return {
    requestsPerBroker: busiestBroker(read.requests),
    ageRequestsPerBroker: hasAges ? addedPerBroker(read.requests, readWithAge.requests) : null,
    readVsKafkajs: rounded(read.warmMs.median / kafkajs.warmMs.median),
    readWithAgeVsKafkajs: hasAges ? rounded(readWithAge.warmMs.median / kafkajs.warmMs.median) : null,
    rssMb: Math.ceil(Math.max(read.rssMb.max, readWithAge.rssMb.max)),
    pollVsKafkajs: rounded(poll.warmMs.median / kafkajs.warmMs.median),
    pollRssMb: Math.ceil(poll.rssMb.max),
  };
}

/** The upper limits. Requests may grow by 3 for each thousand groups after the first. */
const targetsOf = ({ groups }: PollPlan): Readonly<Record<keyof Verdict, number>> => ({
  requestsPerBroker: 12 + 3 * Math.ceil(Math.max(0, groups - 1000) / 1000),
  ageRequestsPerBroker: 20,
  readVsKafkajs: 0.25,
  readWithAgeVsKafkajs: 0.5,
  rssMb: 512,
  pollVsKafkajs: 1,
  pollRssMb: 1024,
});

/** Head and rows of the targets. */
export function targetRows(plan: PollPlan, verdict: Verdict) {
  const targets = targetsOf(plan);
  const rows = (Object.keys(targets) as (keyof Verdict)[]).map((name) => {
    const value = verdict[name];
    const held = value === null ? 'not measured: no age was known' : value <= targets[name] ? 'yes' : 'NO';
    return [name, String(targets[name]), value === null ? '-' : String(value), held];
  });
  return { head: ['target', 'at most', 'measured', 'held'], rows };
}
