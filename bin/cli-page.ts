/** The page of the command line: a template, and tables made from the commands' own options. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, type Option } from 'commander';
import { COMMANDS } from '#cli/commands.ts';
import { EXIT_CODES_HELP } from '#cli/exit-codes.ts';
import { LagCommand } from '#cli/lag-command.ts';
import { withConnection } from '#cli/options/connection.ts';
import { withFilters } from '#cli/options/filters.ts';
import { withHistory } from '#cli/options/history-source.ts';

/** Options that several commands share, by the heading that lists them once. */
const SHARED = {
  'connection options': optionsOf(withConnection(new Command())),
  'filter options': optionsOf(withFilters(new Command())),
  'history options': optionsOf(withHistory(new Command())),
} as const;

/** `docs/cli.md`. @throws Error when the template has an unknown line `{{…}}`, or lacks one */
export async function cliPage(): Promise<string> {
  const parts = await partsOf();
  const template = readFileSync(join(import.meta.dirname, 'cli-page.md'), 'utf8');
  const used = new Set<string>();
  const page = template.replace(/^\{\{(.+)\}\}$/gm, (_, name: string) => {
    const part = parts.get(name);
    if (part === undefined)
      throw new Error(`bin/cli-page.md names {{${name}}}; there is ${[...parts.keys()].join(', ')}`);
    used.add(name);
    return part;
  });
  const missing = [...parts.keys()].filter((name) => !used.has(name));
  if (missing.length > 0)
    throw new Error(`bin/cli-page.md leaves out ${missing.join(', ')}; add a line {{…}} for each`);
  return page;
}

/** What a line `{{name}}` of the template stands for. */
async function partsOf(): Promise<ReadonlyMap<string, string>> {
  const parts = new Map([
    ['commands', linkedCommands()],
    ['exit codes', exitCodes()],
  ]);
  for (const [name, options] of Object.entries(SHARED)) parts.set(name, optionTable(options));
  for (const { name, load } of COMMANDS) {
    const command = new LagCommand(name);
    (await load())(command);
    parts.set(`options of ${name}`, commandOptions(command));
  }
  return parts;
}

const linkedCommands = (): string =>
  tableOf(
    ['Command', 'What it does'],
    COMMANDS.map(({ name, description }) => [`[\`${name}\`](#${name})`, escaped(description)]),
  );

function exitCodes(): string {
  const codes = [...EXIT_CODES_HELP.matchAll(/^\s+(\d)\s+(.+)$/gm)];
  return tableOf(
    ['Code', 'Meaning'],
    codes.map(([, code = '', meaning = '']) => [code, escaped(meaning)]),
  );
}

/** The command's own options, and links to the sets that it shares with others. */
function commandOptions(command: Command): string {
  const options = optionsOf(command);
  const has = (option: Option) => options.some((one) => isSame(one, option));
  const sets = Object.entries(SHARED).filter(([, shared]) => shared.every(has));
  const own = options.filter((option) => !sets.some(([, shared]) => shared.some((one) => isSame(one, option))));
  const links = sets.map(([name]) => `[${name}](#${name.replace(' ', '-')})`);
  return [optionTable(own), ...(links.length === 0 ? [] : [`Also takes the ${links.join(', ')}.`])].join('\n\n');
}

function optionsOf(command: Command): readonly Option[] {
  return command.options.filter(({ hidden }) => !hidden);
}

const isSame = (a: Option, b: Option): boolean => a.flags === b.flags && a.description === b.description;

function optionTable(options: readonly Option[]): string {
  const help = new Command().createHelp();
  return tableOf(
    ['Option', 'Meaning'],
    options.map((option) => [`\`${option.flags}\``, escaped(help.optionDescription(option))]),
  );
}

/** Help in a cell of a table. */
const escaped = (help: string): string => help.replace(/[|<>*]/g, '\\$&');

/** A table whose cells are Markdown. */
function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
