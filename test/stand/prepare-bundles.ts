/** Set-up of the tests that call the functions as they ship: bundles all functions once. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { ROOT } from '#test/support/root.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with one folder for each function. */
    bundles: string;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-bundles-'));
  await promisify(execFile)(process.execPath, [join(ROOT, 'bin/build.ts'), folder]);
  project.provide('bundles', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
