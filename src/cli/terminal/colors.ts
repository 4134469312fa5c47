/** The colors of the command line. */
import pc from 'picocolors';

/** Where text is written, and what the user wants. */
export interface ColorSurroundings {
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly args: readonly string[];
}

/**
 * Whether to color text: on a terminal, unless `--no-color` or NO_COLOR is set; elsewhere only with
 * FORCE_COLOR. picocolors alone would also color when CI is set, which spoils logs for searches.
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
