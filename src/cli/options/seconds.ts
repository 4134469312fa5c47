/** Options in seconds. */
import { InvalidArgumentError } from 'commander';

/** Default of --window: the rate window of a deployed watcher. */
export const WINDOW_SECONDS = 300;
export const LEAST_WINDOW_SECONDS = 10;
/** A history holds the last hour. */
const MOST_SECONDS = 3_600;

/** Parses seconds from `least` to an hour. */
export const secondsFrom =
  (least: number) =>
  (text: string): number => {
    const seconds = Number(text);
    if (seconds >= least && seconds <= MOST_SECONDS) return seconds;
    throw new InvalidArgumentError(`It must be seconds from ${least} to ${MOST_SECONDS}.`);
  };
