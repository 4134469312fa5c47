/**
 * Each bundle as it ships: it loads, checks its event, and gets as far as the service it talks to
 * first.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { STEPS } from '#core/runbook/messages.ts';
import { alarmEvent } from '#test/support/runbook/runbook-world.ts';
import { callBundle } from '#test/support/stack/bundles.ts';

const settings = {
  clusterName: 'prod',
  bootstrapBrokers: '127.0.0.1:1',
  clusterArn: 'arn:aws:kafka:us-east-1:111122223333:cluster/prod/1',
  auth: 'plaintext',
  kafkaTimeoutSeconds: 3,
  historyBucket: 'bucket',
  stateTable: 'table',
  topicArn: 'arn:aws:sns:us-east-1:111122223333:topic',
  stateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:runbook',
} as const;
const run = { runId: 'r', incidentId: 'i', groupId: 'billing', lockKeys: ['k'], startedAtMs: 0, resumed: false };
const observe = { key: 'k', atMs: 0, state: 'Stable', members: 2, partitions: 8, sumLag: 1, coverage: 1 };

/** What each function is asked, and what it fails with when nothing is there to talk to. */
const CALLS = [
  { name: 'poll', event: {}, error: /KafkaUnreachableError: .*127\.0\.0\.1:1/ },
  { name: 'discover', event: {}, error: /DiscoveryError: .*cannot be reached.*ECONNREFUSED/ },
  { name: 'reconcile', event: {}, error: /ECONNREFUSED/ },
  { name: 'observe', event: { step: 'observe', state: { run } }, error: /KafkaUnreachableError: .*127\.0\.0\.1:1/ },
  { name: 'lock', event: { step: 'lock', executionName: 'r', event: alarmEvent() }, error: /ECONNREFUSED/ },
  { name: 'diagnose', event: { step: 'diagnose', state: { run, observe } }, error: /ECONNREFUSED/ },
  { name: 'scale', event: { step: 'scale', state: { run } }, error: /ECONNREFUSED/ },
  { name: 'verify', event: { step: 'verify', state: { run, observe } }, error: /ECONNREFUSED/ },
  { name: 'report', event: { step: 'report', state: {} }, error: /ECONNREFUSED/ },
  { name: 'heat-map', event: { group: 'billing' }, error: /ECONNREFUSED/ },
];

/** They take no input, or show the person at the dashboard what is wrong with it. */
const TOLERANT = new Set(['poll', 'discover', 'heat-map', 'reconcile']);

describe('bundles', () => {
  it('are all that the runbook and the schedule call', () => {
    const called = new Set([...TOLERANT, ...Object.values(STEPS).map((step) => step.function)]);
    expect(readdirSync(inject('bundles')).sort()).toEqual([...called].sort());
    expect(CALLS.map((call) => call.name).sort()).toEqual([...called].sort());
  });

  it.each(CALLS)('$name holds no second Kafka client', ({ name }) => {
    expect(readFileSync(join(inject('bundles'), name, 'index.mjs'), 'utf8')).not.toContain('KafkaJSError');
  });

  it.each(CALLS)('$name holds the Kafka client only if it reads brokers', ({ name }) => {
    const text = readFileSync(join(inject('bundles'), name, 'index.mjs'), 'utf8');
    expect(text.includes('PLT_KFK_')).toBe(name === 'poll' || name === 'observe');
  });

  it.each(CALLS)('$name holds the client of the MSK API only if it is discover', ({ name }) => {
    const text = readFileSync(join(inject('bundles'), name, 'index.mjs'), 'utf8');
    expect(text.includes('GetBootstrapBrokers')).toBe(name === 'discover');
  });

  it.each(['poll', 'observe'])('%s without brokers asks the bucket where they are', async (name) => {
    const { bootstrapBrokers, ...discovering } = settings;
    const event = name === 'poll' ? {} : { step: 'observe', state: { run } };
    const { error } = await callBundle({ name, event, settings: discovering });

    expect(`${error?.name}: ${error?.message}`).toMatch(/ECONNREFUSED/);
  });

  it.each(CALLS)('$name works up to its first call', async ({ name, event, error }) => {
    const { error: thrown } = await callBundle({ name, event, settings });

    expect(`${thrown?.name}: ${thrown?.message}`).toMatch(error);
  });

  it.each(CALLS.filter(({ name }) => !TOLERANT.has(name)))(
    '$name refuses an event of another shape',
    async ({ name }) => {
      const { error } = await callBundle({ name, event: { step: 'dance' }, settings });

      expect(error?.name).toBe('ParseError');
    },
  );

  it('name every problem of their settings', async () => {
    const wrong = { ...settings, mode: 'dance', utilisation: 7 } as never;
    const { error } = await callBundle({ name: 'poll', event: {}, settings: wrong });

    expect(error?.name).toBe('SettingsError');
    expect(error?.message).toMatch(/mode: .*recommend/);
    expect(error?.message).toMatch(/utilisation: /);
  });
});
