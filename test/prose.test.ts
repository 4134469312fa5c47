/** The rules of `docs/style.md` that a program can hold: line lengths and banned phrases. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commentLinesOf, commentsOf, lineAt, markdownOf, type Passage, stringsOf, titlesOf } from './prose/passages.ts';
import { BANNED } from './prose/patterns.ts';
import { ROOT } from './support/root.ts';

const COMMENT_COLUMNS = 100;
const MARKDOWN_COLUMNS = 120;

interface TextFile {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly text: string;
}

/** The patterns and their examples are in the file that bans them. */
const CODE = filesOf('{src,functions,lib,bin,bench,test}/**/*.ts').filter(
  ({ file }) => file !== 'test/prose/patterns.ts',
);
const MARKDOWN = [...filesOf('*.md'), ...filesOf('{bin,docs,examples}/**/*.md')];

function filesOf(pattern: string): readonly TextFile[] {
  const files = globSync(pattern, { cwd: ROOT }).filter((file) => !file.endsWith('.d.ts'));
  return files.sort().map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
}

/** What people read in a file: Markdown, comments, strings of the product, test titles. */
function proseOf({ file, text }: TextFile): readonly Passage[] {
  if (file.endsWith('.md')) return markdownOf(text);
  const texts = /^(?:src|functions|lib|bin)\//.test(file) ? stringsOf(text) : [];
  return [...commentsOf(text), ...texts, ...(file.startsWith('test/') ? titlesOf(text) : [])];
}

/** One line for each hit: where, what, and what to write instead. */
function bannedIn({ file, text }: TextFile): readonly string[] {
  return proseOf({ file, text }).flatMap((passage) =>
    BANNED.flatMap(({ id, pattern, instead }) =>
      [...passage.text.matchAll(pattern)].map(({ 0: found, index }) => {
        const line = lineAt(text, passage.offset + index);
        return `${file}:${line} ${id}: "${found.replace(/\s+/g, ' ')}"; write ${instead}`;
      }),
    ),
  );
}

function longCommentsIn({ file, text }: TextFile): readonly string[] {
  const comments = commentLinesOf(text);
  return tooLong({ file, text }, COMMENT_COLUMNS, (line, number) => comments.has(number) && !/https?:\/\//.test(line));
}

/** Tables and code blocks may be longer; the address of a link does not count. */
function longMarkdownIn({ file, text }: TextFile): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ''));
  const shown = prose.replace(/\]\([^)]*\)/g, ']').replace(/https?:\/\/\S+/g, '');
  return tooLong({ file, text: shown }, MARKDOWN_COLUMNS, (line) => !/^\s*\|/.test(line));
}

function tooLong({ file, text }: TextFile, most: number, counts: (line: string, number: number) => boolean) {
  return text.split('\n').flatMap((line, index) => {
    const columns = [...line].length;
    return columns > most && counts(line, index + 1)
      ? [`${file}:${index + 1} has ${columns} columns; wrap it at ${most}`]
      : [];
  });
}

const listed = (hits: readonly string[]): string => `${hits.length} to change, see docs/style.md\n${hits.join('\n')}`;

describe('prose', () => {
  it('comments wrap at 100 columns', () => {
    const hits = CODE.flatMap(longCommentsIn);
    expect(hits.length, listed(hits)).toBe(0);
  });

  it('Markdown wraps at 120 columns', () => {
    const hits = MARKDOWN.flatMap(longMarkdownIn);
    expect(hits.length, listed(hits)).toBe(0);
  });

  it('README has at most 120 lines', () => {
    const lines = MARKDOWN.find(({ file }) => file === 'README.md')?.text.split('\n').length;
    expect(lines, 'move what a first visitor does not need to a page of docs/').toBeLessThanOrEqual(121);
  });

  it('Markdown, comments, texts of the product and test titles have no banned pattern', () => {
    const hits = [...MARKDOWN, ...CODE].flatMap(bannedIn);
    expect(hits.length, listed(hits)).toBe(0);
  });
});

describe('would notice', () => {
  it.each(BANNED)('$id in Markdown', ({ id, example, instead }) => {
    expect(bannedIn({ file: 'docs/x.md', text: `# X\n\n${example}\n` })).toEqual([
      expect.stringMatching(new RegExp(`^docs/x\\.md:3 ${id}: "[^"]+"; write `)),
    ]);
    expect(instead).not.toBe('');
  });

  it.each([
    ['a comment', 'src/core/x.ts', 'const a = 1;\n/** What the\n * broker told. */', 3],
    ['a comment beside code', 'bench/x.ts', 'const a = 1; // made again', 1],
    ['a phrase over two lines', 'src/core/x.ts', '// at most so\n// many', 1],
    ['a text of the product', 'lib/x.ts', "const a = 1;\nconst b = 'the broker told';", 2],
    ['a template', 'src/x.ts', `const b = \`\${a} told\`;`, 1],
    ['the title of a test', 'test/x.test.ts', "it('notices what it was told', () => {});", 1],
    ['the title of a table of tests', 'test/x.test.ts', "it.each(cases)('notices what it was told', () => {});", 1],
    ['the title of a scenario', 'test/scenarios/x.ts', "const a = { title: 'what was told' };", 1],
  ])('a banned pattern in %s', (_where, file, text, line) => {
    expect(bannedIn({ file, text })).toEqual([expect.stringContaining(`${file}:${line} `)]);
  });

  it.each([
    ['code', 'src/x.ts', 'const told = tell(a);'],
    ['a name of code in a comment', 'src/x.ts', '// `told` is a list'],
    ['an expression of a template', 'src/x.ts', `const b = \`\${told} read\`;`],
    ['a string of a test that is no title', 'test/x.test.ts', "expect(text).toContain('told');"],
    ['a code block', 'docs/x.md', '```sh\ntell\n```\n'],
    ['code in Markdown', 'docs/x.md', 'The word `told` is banned.\n'],
    ['a word that holds another', 'docs/x.md', 'A storyteller retold it; the renewal is as long as needed.\n'],
  ])('nothing in %s', (_where, file, text) => {
    expect(bannedIn({ file, text })).toEqual([]);
  });

  it('a comment of 101 columns, and none with an address', () => {
    const [word, address] = ['x'.repeat(98), `https://example.com/${'x'.repeat(98)}`];
    const text = `// ${word}\n// ${address}\nconst a = '${'y'.repeat(120)}';\n`;
    expect(longCommentsIn({ file: 'src/x.ts', text })).toEqual(['src/x.ts:1 has 101 columns; wrap it at 100']);
  });

  it('a line of Markdown of 121 columns, and no table, code block or address', () => {
    const word = 'x'.repeat(121);
    const text = `${word}\n\n| ${word} |\n\n\`\`\`\n${word}\n\`\`\`\n\nSee [this](${word}) and https://example.com/${word}\n`;
    expect(longMarkdownIn({ file: 'docs/x.md', text })).toEqual(['docs/x.md:1 has 121 columns; wrap it at 120']);
  });
});
