/** What each source file imports, and the circles in it. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from '#test/support/root.ts';
import manifest from '../../package.json' with { type: 'json' };

export interface Source {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly text: string;
}

export interface Imports {
  /** Files of the repository, by path from its root. */
  readonly files: readonly string[];
  /** Packages and Node modules, as they are named. */
  readonly packages: readonly string[];
}

/** Every source file that ships or measures. */
export const SOURCES: readonly Source[] = sourcesIn('{src,functions,lib,bin,bench}/**/*.ts');
/** Every source file of the tests. */
export const TEST_SOURCES: readonly Source[] = sourcesIn('test/**/*.ts');

function sourcesIn(pattern: string): Source[] {
  const files = globSync(pattern, { cwd: ROOT }).filter((file) => !file.endsWith('.d.ts'));
  return files.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
}

/** The prefixes of `imports` in package.json, and the folder each stands for. */
const PREFIXES = Object.entries(manifest.imports).map(([prefix, folder]) => ({
  prefix: prefix.replace('*', ''),
  folder: folder.replace('./', '').replace('*', ''),
}));

/** What a file imports. Types count: a circle of types is a circle for the reader. */
export function importsOf({ file, text }: Source): Imports {
  const files: string[] = [];
  const packages: string[] = [];
  for (const [, target = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const imported = fileOf(file, target);
    if (imported === undefined) packages.push(target);
    else files.push(imported);
  }
  return { files, packages };
}

function fileOf(file: string, target: string): string | undefined {
  if (target.startsWith('.')) return relative(ROOT, join(ROOT, dirname(file), target));
  const entry = PREFIXES.find(({ prefix }) => target.startsWith(prefix));
  return entry && `${entry.folder}${target.slice(entry.prefix.length)}`;
}

/** The first circle of imports, from a file back to itself; undefined when there is none. */
export function findCircle(sources: readonly Source[]): readonly string[] | undefined {
  const imports = new Map(sources.map((source) => [source.file, importsOf(source).files]));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
