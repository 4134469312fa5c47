/** Links between the repository's own pages: to files that exist, and headings that they have. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './support/root.ts';

const PAGES = globSync(['*.md', '{docs,examples}/**/*.md'], { cwd: ROOT });

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8').replace(/^```[\s\S]*?^```/gm, '');

/** As GitHub makes anchors of headings. */
const anchorsOf = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

function deadLinksIn(page: string): readonly string[] {
  const targets = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
  });
}

it.each(PAGES)('%s links only to pages and headings that exist', (page) => {
  expect(deadLinksIn(page)).toEqual([]);
});
