import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { COMMANDS } from '#cli/commands.ts';
import { createProgram } from '#cli/program.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { ROOT } from '#test/support/root.ts';

const NAMES = COMMANDS.map(({ name }) => name);

test('the help lists every command and loads none', async () => {
  const program = await createProgram(['--help']);

  const help = program.helpInformation();
  for (const name of NAMES) expect(help).toMatch(new RegExp(`^  ${name} \\[options\\]`, 'm'));
  expect(program.commands.filter(({ options }) => options.length > 0)).toEqual([]);
});

test('lag --version prints only the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

  expect(await runLag(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each(NAMES)('lag %s loads its own options and no others', async (name) => {
  const program = await createProgram([name, '--json']);

  expect(program.commands.filter(({ options }) => options.length > 0).map((command) => command.name())).toEqual([name]);
});

/** The static imports of a file, and theirs. */
async function importsOf(file: string): Promise<string[]> {
  const absWorkingDir = ROOT;
  const options = { bundle: true, packages: 'external', platform: 'node', format: 'esm' } as const;
  const { metafile } = await build({ ...options, absWorkingDir, entryPoints: [file], write: false, metafile: true });
  const found = new Set([file]);
  for (const each of found) {
    for (const { path, kind } of metafile.inputs[each]?.imports ?? []) {
      if (kind === 'import-statement') found.add(path);
    }
  }
  return [...found];
}

test('help and wrong usage load no client of Kafka or AWS, so that they answer at once', async () => {
  const files = ['bin/lag.ts', ...NAMES.map((name) => `src/cli/commands/${name}.ts`)];
  const imported = (await Promise.all(files.map(importsOf))).flat();

  expect(imported).toContain('commander');
  expect(imported.filter((path) => /^(@platformatic|kafkajs|@aws-sdk|aws-)/.test(path))).toEqual([]);
});
