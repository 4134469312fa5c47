/** Replays the day, tick by tick, through the watcher and its rivals. */

import { BurrowRival, type LagMinute } from '#bench/day/detectors/rivals.ts';
import type { Alarms } from '#bench/day/detectors/stretches.ts';
import { Watcher } from '#bench/day/detectors/watcher.ts';
import { SimulatedClock, SimulatedCluster } from '#bench/day/traffic/cluster.ts';
import { TICK_MS } from '#bench/day/traffic/log.ts';
import { seededRandom } from '#bench/day/traffic/random.ts';
import type { GroupShape } from '#bench/day/traffic/shapes.ts';
import { type FaultCourse, Truth } from '#bench/day/traffic/truth.ts';
import type { SettingsInput } from '#core/settings.ts';
import { present } from '#core/text/json.ts';

const MINUTE_MS = 60_000;
/** A poll begins at least this long after the start of its minute, */
const POLL_DELAY_MS = 2_000;
/** and at most this much later. */
const POLL_JITTER_MS = 20_000;
/** CloudWatch evaluates a period this long after its end. */
const EVALUATION_DELAY_MS = 30_000;
/**
 * The first evaluation comes this long after the first poll; before that, missing data would count.
 */
const FIRST_DATA_MS = 10 * MINUTE_MS;

export interface ReplayOptions {
  /** In order of group id. */
  readonly shapes: readonly GroupShape[];
  /** The synthesized CloudFormation template. */
  readonly template: unknown;
  readonly settings: SettingsInput;
  readonly seed: number;
  /** Times of the first record, the first poll and the end, epoch ms, whole minutes. */
  readonly fromMs: number;
  readonly pollsFromMs: number;
  readonly toMs: number;
  /** Starts of the minutes without a poll. */
  readonly missed: readonly number[];
}

export interface Replayed {
  /** The lag alarm. */
  readonly alarm: Alarms;
  /** Error statuses; and errors together with warnings. */
  readonly statusErrors: Alarms;
  readonly statusWarnings: Alarms;
  readonly burrowErrors: Alarms;
  readonly burrowWarnings: Alarms;
  /** From the first poll on. */
  readonly minutes: readonly LagMinute[];
  /** Alarms on the watcher itself that went off. */
  readonly trouble: readonly string[];
  readonly courses: readonly FaultCourse[];
}

/** Replays the traffic. The seed decides everything random. */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { shapes, seed, fromMs, pollsFromMs, toMs } = options;
  const clock = new SimulatedClock(fromMs);
  const cluster = new SimulatedCluster({ shapes, clock, fromMs, seed });
  const [burrow, truth] = [new BurrowRival(cluster), new Truth(cluster)];
  const watcher = new Watcher({ ...options, clock, cluster });
  const [random, missed] = [seededRandom(seed), new Set(options.missed)];
  const minutes: LagMinute[] = [];
  for (let minuteMs = fromMs; minuteMs < toMs; minuteMs += MINUTE_MS) {
    const pollMs = minuteMs + POLL_DELAY_MS + Math.floor(random() * POLL_JITTER_MS);
    const polls = minuteMs >= pollsFromMs && !missed.has(minuteMs);
    let lags: ReadonlyMap<string, number> | undefined;
    for (let tickMs = minuteMs; tickMs < minuteMs + MINUTE_MS; tickMs += TICK_MS) {
      clock.atMs = tickMs;
      burrow.tick(cluster.tick(), tickMs);
      truth.tick(tickMs);
      if (tickMs === minuteMs) burrow.evaluate(tickMs);
      if (tickMs === minuteMs + EVALUATION_DELAY_MS && minuteMs >= pollsFromMs + FIRST_DATA_MS) watcher.evaluate();
      if (!polls || pollMs < tickMs || pollMs >= tickMs + TICK_MS) continue;
      clock.atMs = pollMs;
      lags = await watcher.poll();
    }
    const seenMs = minuteMs + MINUTE_MS + EVALUATION_DELAY_MS;
    if (minuteMs >= pollsFromMs) minutes.push({ seenMs, ...present({ lags }) });
  }
  return {
    alarm: watcher.alarm.close(toMs),
    statusErrors: watcher.statusErrors.close(toMs),
    statusWarnings: watcher.statusWarnings.close(toMs),
    burrowErrors: burrow.errors.close(toMs),
    burrowWarnings: burrow.warnings.close(toMs),
    minutes,
    trouble: watcher.trouble,
    courses: truth.courses,
  };
}
