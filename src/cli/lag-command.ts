/**
 * A command that does not take an option for the value of the option before it. commander itself
 * cannot refuse `--group --count`: it takes any next argument as the value, and a parser of the
 * value cannot see `--group=--count`.
 */
import { Command, type Option } from 'commander';
import { renderLine } from '#cli/terminal/render.ts';

/** A negative number is a value, as in commander. */
const NEGATIVE_NUMBER = /^-(\d+|\d*\.\d+)([eE][+-]?\d+)?$/;

const isDashed = (arg: string): boolean => arg.length > 1 && arg.startsWith('-') && !NEGATIVE_NUMBER.test(arg);

/** It and its subcommands print wrong usage, then throw a CommanderError. */
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
    // Includes --help, which is not among the command's own options.
    const problem = problemOf(args, this.createHelp().visibleOptions(this));
    if (problem !== undefined) this.error(`error: ${problem}`, { code: 'commander.optionMissingArgument' });
    return super.parseOptions(args);
  }
}

/** Why the arguments are wrong, for people; undefined when each option has its values. */
function problemOf(args: readonly string[], options: readonly Option[]): string | undefined {
  let open: Option | undefined; // it takes more values
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

/**
 * `-name`, but not `-gname`, where -g is an option. For unknown `--name`, commander suggests an
 * option.
 */
const isShortUnknown = (arg: string, options: readonly Option[]): boolean =>
  isDashed(arg) && !arg.startsWith('--') && !options.some(({ short }) => short === arg.slice(0, 2));

function problemOfValue({ flags, long }: Option, value: string | undefined): string | undefined {
  if (value === undefined) return `option '${flags}' has no value: add one after it`;
  if (!isDashed(value)) return undefined;
  return `option '${flags}' has no value: '${value}' looks like an option; add a value, or write ${long}=${value} if that is the value`;
}

const noOption = ({ flags, long }: Option, arg: string): string =>
  `unknown option '${arg}'; if it is a value of '${flags}', write ${long}=${arg}`;
