import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { LagCommand } from '#cli/lag-command.ts';

/** The options as a command reads them. @throws CommanderError */
function parse(...args: string[]): Record<string, unknown> {
  const command: Command = new LagCommand('lag').configureOutput({ writeErr: () => {}, writeOut: () => {} });
  const read = command
    .command('read')
    .option('-g, --group <name...>')
    .option('--topic <name>')
    .option('--count <polls>')
    .option('--json');
  command.parse(['read', ...args], { from: 'user' });
  return read.opts();
}

describe('LagCommand refuses', () => {
  it.each([
    [
      ['--group', '--count', '1'],
      /option '-g, --group <name\.\.\.>' has no value: '--count' looks .*write --group=--count/,
    ],
    [['-g', '--json'], /'-g, --group <name\.\.\.>' has no value: .*'--json'/],
    [['--topic', '--json'], /'--topic <name>' has no value: .*write --topic=--json/],
    [['--group', '-name'], /has no value: .*'-name'.* write --group=-name/],
    [['--group', 'a', '-name'], /unknown option '-name'; .* write --group=-name/],
    [['--group', '--'], /has no value/],
    [['--json', '--group'], /option '-g, --group <name\.\.\.>' has no value: add one after it/],
    [['--topic'], /option '--topic <name>' has no value: add one after it/],
    [['--group', 'a', '--cuont', '1'], /unknown option '--cuont'\n\(Did you mean --count\?\)/],
    [['-x'], /unknown option '-x'/],
    [['--group', '-h'], /'-h'.* write --group=-h/],
    [['--group', 'a', '-h'], /outputHelp/],
  ])('%j', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});

describe('LagCommand takes', () => {
  it.each([
    [['--group', 'a', 'b', '--count', '1'], { group: ['a', 'b'], count: '1' }],
    [['--group=-name', '--group=--count', '--json'], { group: ['-name', '--count'], json: true }],
    [['-g-name', '-gb'], { group: ['-name', 'b'] }],
    [['--group', 'a', '-gb'], { group: ['a', 'b'] }],
    [['--group', '-', '-1', '--topic', '-2'], { group: ['-', '-1'], topic: '-2' }],
    [['--topic', ''], { topic: '' }],
  ])('%j', (args, flags) => {
    expect(parse(...args)).toEqual(flags);
  });
});
