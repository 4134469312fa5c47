/** Prints which files took longest, at the end of a run. */
import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

const SHOWN = 10;

export class SlowestFiles implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules
      .map((module) => ({ module, ms: durationOf(module) }))
      .sort((a, b) => b.ms - a.ms)
      .slice(0, SHOWN)
      .map(({ module, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${this.#nameOf(module)}`);
    this.#vitest?.logger.log(['', 'The slowest files:', ...rows].join('\n'));
  }

  #nameOf({ project, moduleId }: TestModule): string {
    return `${project.name.padEnd(5)}  ${relative(project.config.root, moduleId)}`;
  }
}

/** Tests, hooks and imports of a file, in ms. */
function durationOf(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return collectDuration + setupDuration + duration;
}
