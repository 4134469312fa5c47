/**
 * Bundles each function into a folder of its own: `node bin/build.ts [folder]`, `dist/functions` by default.
 * `cdk deploy` then takes the bundles as they are, so synth needs no bundler and gives the same hash everywhere.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const outdir = parseArgs({ allowPositionals: true }).positionals[0] ?? join(root, 'dist', 'functions');
const names = readdirSync(join(root, 'functions'), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => entry.name.replace(/\.ts$/, ''));

await build({
  entryPoints: names.map((name) => ({ in: join(root, 'functions', `${name}.ts`), out: `${name}/index` })),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  keepNames: true, // error.name is matched by the runbook's Catch
  logLevel: 'warning',
  // The Kafka client's checksums: the usual entry reads a file that a bundle does not have.
  alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
  // CommonJS packages inside an ESM bundle call require, which ESM does not have.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
});
