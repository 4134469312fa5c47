/** Options that are seconds. */
import { InvalidArgumentError } from 'commander';

/** A window by default: as long as the rate window of a watcher is. */
export const WINDOW_SECONDS = 300;
export const LEAST_WINDOW_SECONDS = 10;
/** As far as a history reaches back. */
const MOST_SECONDS = 3_600;

/** Parses an option of so many seconds or more, up to an hour. */
export const secondsFrom =
  (least: number) =>
  (text: string): number => {
    const seconds = Number(text);
    if (seconds >= least && seconds <= MOST_SECONDS) return seconds;
    throw new InvalidArgumentError(`It must be seconds from ${least} to ${MOST_SECONDS}.`);
  };
