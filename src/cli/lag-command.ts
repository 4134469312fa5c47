/** A command of `lag`: one of commander's that does not take an option for the value of the option before it. */
import { Command, type Option } from 'commander';
import { renderLine } from '#cli/terminal/render.ts';

/** As commander has it: a number below 0 is a value. */
const NEGATIVE_NUMBER = /^-(\d+|\d*\.\d+)([eE][+-]?\d+)?$/;

const isDashed = (arg: string): boolean => arg.length > 1 && arg.startsWith('-') && !NEGATIVE_NUMBER.test(arg);

/** It throws a CommanderError for wrong usage, once that is told. So do its subcommands. */
export class LagCommand extends Command {
  constructor(name: string) {
    super(name);
    this.exitOverride();
    this.configureOutput({ outputError: (text, write) => write(renderLine(text.replace(/^error: /, ''))) });
  }

  override createCommand(name: string): Command {
    return new LagCommand(name);
  }

  override parseOptions(args: string[]) {
    // With the option of the help, which is none of its own.
    const problem = problemOf(args, this.createHelp().visibleOptions(this));
    if (problem !== undefined) this.error(`error: ${problem}`, { code: 'commander.optionMissingArgument' });
    return super.parseOptions(args);
  }
}

/** The first option that has no value, or is followed by what is neither a value nor an option, for people. */
function problemOf(args: readonly string[], options: readonly Option[]): string | undefined {
  let open: Option | undefined; // takes more values
  for (let i = 0; i < args.length && args[i] !== '--'; i++) {
    const arg = args[i] as string;
    const option = options.find(({ long, short }) => arg === long || arg === short);
    if (option === undefined) {
      if (open !== undefined && isShortUnknown(arg, options)) return noOption(open, arg);
      if (isDashed(arg)) open = undefined;
    } else {
      const problem = option.required ? problemOfValue(option, args[++i]) : undefined;
      if (problem !== undefined) return problem;
      open = option.variadic ? option : undefined;
    }
  }
  return undefined;
}

/** One dash, and not a short option joined with its value, as `-gname`. Of what has two, commander tells which option was meant. */
const isShortUnknown = (arg: string, options: readonly Option[]): boolean =>
  isDashed(arg) && !arg.startsWith('--') && !options.some(({ short }) => short === arg.slice(0, 2));

function problemOfValue({ flags, long }: Option, value: string | undefined): string | undefined {
  if (value === undefined) return `option '${flags}' has no value: give one after it`;
  if (!isDashed(value)) return undefined;
  return `option '${flags}' has no value: '${value}' begins with a dash, as options do; give a value after it, or write ${long}=${value} if that is the value`;
}

const noOption = ({ flags, long }: Option, arg: string): string =>
  `unknown option '${arg}'; if it is meant as a value of '${flags}', write ${long}=${arg}`;
