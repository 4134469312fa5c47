import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readAppConfig } from '#bin/app-config.ts';
import { parseSettings, settingsSchema } from '#core/settings.ts';
import { ROOT } from '#test/support/root.ts';

const PAGE = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const REFERENCE = PAGE.split('\n## Reference\n')[1] ?? '';

/** Settings that the stack fills in: no keys of a configuration. */
const STACK_FILLS = ['historyBucket', 'stateTable', 'stateMachineArn'];
const { timing, defaultThreshold } = parseSettings({ clusterName: 'orders', bootstrapBrokers: 'host:9098' });

const folder = mkdtempSync(join(tmpdir(), 'lag-deploy-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the docs of a deployment', () => {
  it.each([
    ['docs/deploy.md', PAGE],
    ['README.md', README],
  ])('%s has a configuration that is accepted', (_page, text) => {
    const file = join(folder, 'config.json');
    writeFileSync(file, text.match(/```json\n([\s\S]*?)```/)?.[1] ?? '');

    expect(readAppConfig(file).clusterArn).toMatch(/^arn:aws:kafka:/);
  });

  it.each(Object.keys(settingsSchema.shape).filter((key) => !STACK_FILLS.includes(key)))(
    'lists the setting %s',
    (key) => {
      expect(REFERENCE, 'add a row to its reference').toMatch(new RegExp(`^\\|[^|]*\`${key}\`|^\`${key}\``, 'm'));
    },
  );

  it.each(Object.entries(timing))('lists timing.%s with its default of %d s', (key, seconds) => {
    expect(REFERENCE).toContain(`| \`${key}\` | ${seconds.toLocaleString('en-US')} |`);
  });

  it.each(Object.keys(defaultThreshold))('names the threshold %s', (key) => {
    expect(REFERENCE).toContain(`\`${key}\``);
  });
});
