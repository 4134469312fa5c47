/** How code is bundled for the Node of the functions. */
import type { BuildOptions } from 'esbuild';

/** Options of esbuild; entries and folders are the caller's. Files end in `.mjs`. */
export const BUNDLE_OPTIONS = {
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
} as const satisfies BuildOptions;
