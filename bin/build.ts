/**
 * Bundles each function into a folder of its own: `node bin/build.ts [folder]`, `dist/functions` by
 * default. `cdk deploy` then takes the bundles as they are, so synth needs no bundler and gives the
 * same hash everywhere.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS } from './bundle-options.ts';

const root = join(import.meta.dirname, '..');
const outdir = parseArgs({ allowPositionals: true }).positionals[0] ?? join(root, 'dist', 'functions');
const names = readdirSync(join(root, 'functions'), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => entry.name.replace(/\.ts$/, ''));

await build({
  ...BUNDLE_OPTIONS,
  entryPoints: names.map((name) => ({ in: join(root, 'functions', `${name}.ts`), out: `${name}/index` })),
  outdir,
});
