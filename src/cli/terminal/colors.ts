/** The colors of the command line. */
import pc from 'picocolors';

/** Where text is written to, and what the user asked for. */
export interface ColorSurroundings {
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly args: readonly string[];
}

/**
 * Whether text is to be colored: on a terminal, unless `--no-color` or NO_COLOR says no; elsewhere only by FORCE_COLOR.
 * Not left to picocolors: it colors wherever CI is set, and a log that is searched for a word is no terminal.
 */
export function wantsColor({ isTerminal, environment, args }: ColorSurroundings): boolean {
  if (args.includes('--no-color') || isSet(environment.NO_COLOR)) return false;
  if (isSet(environment.FORCE_COLOR)) return environment.FORCE_COLOR !== '0';
  return isTerminal && environment.TERM !== 'dumb';
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Colors for stdout, or none. */
export const colors = pc.createColors(
  wantsColor({ isTerminal: process.stdout.isTTY === true, environment: process.env, args: process.argv }),
);
