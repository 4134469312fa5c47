/**
 * The stack as it would be deployed: bundles the functions and synthesizes into a folder outside
 * the tree.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder, removeFolderAtExit, startChild } from '#local/process/child.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/**
 * The template of the stack for a configuration, as an object. Takes some seconds; leaves nothing
 * behind.
 *
 * @throws Error with what the build or the synthesis printed
 */
export async function synthesize(config: unknown): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-synth-'));
  removeFolderAtExit(folder);
  try {
    const functions = join(folder, 'functions');
    const configFile = join(folder, 'config.json');
    const outdir = join(folder, 'cdk.out');
    writeFileSync(configFile, JSON.stringify(config));
    await run('build', ['bin/build.ts', functions]);
    const cdk = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
    await run('synth', ['bin/app.ts'], {
      LAG_WATCHER_FUNCTIONS: functions,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdk.context, config: configFile }),
    });
    return onlyTemplate(outdir);
  } finally {
    removeFolder(folder);
  }
}

function onlyTemplate(outdir: string): unknown {
  const manifest = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  const stacks = Object.values<{ type: string; properties?: { templateFile?: string } }>(manifest.artifacts).filter(
    (artifact) => artifact.type === 'aws:cloudformation:stack',
  );
  const file = stacks[0]?.properties?.templateFile;
  if (stacks.length !== 1 || file === undefined) throw new Error(`expected one stack, the app has ${stacks.length}`);
  return JSON.parse(readFileSync(join(outdir, file), 'utf8'));
}

async function run(name: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const [script, ...rest] = args;
  const child = startChild({ command: process.execPath, args: [join(ROOT, script ?? ''), ...rest], name, env });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${name} failed:\n${child.tail().join('\n')}`);
}
