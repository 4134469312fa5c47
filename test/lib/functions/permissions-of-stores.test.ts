/**
 * What each function may read and write in the table and the bucket, and which may publish to the
 * topic.
 */
import { describe, expect, test } from 'vitest';
import { itemKey } from '#adapters/dynamodb/table.ts';
import { ITEM_KINDS } from '#core/runbook/records.ts';
import { actionsAllowedTo, allowedTo } from '#test/support/stack/policies.ts';
import { FUNCTION_NAMES, synthDiscovering, synthExample } from '#test/support/stack/synth.ts';

const example = synthExample();
const discovering = synthDiscovering();

describe('state table', () => {
  /** Actions by the keys they are allowed on. */
  const itemsOf = (name: string) =>
    Object.fromEntries(
      allowedTo(example, name)
        .filter(({ actions }) => actions[0]?.startsWith('dynamodb:'))
        .map(({ actions, condition }) => [
          JSON.parse(condition)['ForAllValues:StringLike']['dynamodb:LeadingKeys'].join(' '),
          actions.map((action) => action.replace('dynamodb:', '')).toSorted(),
        ]),
    );

  test('each function may use the items that it needs, and no others', () => {
    const incident = { 'incident#* incident-sha256#*': ['GetItem', 'PutItem'] };

    expect(itemsOf('poll')).toEqual({});
    expect(itemsOf('observe')).toEqual({});
    expect(itemsOf('lock')).toEqual({ 'lock#* lock-sha256#*': ['DeleteItem', 'PutItem'], ...incident });
    expect(itemsOf('diagnose')).toEqual({
      ...incident,
      'cooldown#* cooldown-sha256#*': ['GetItem'],
    });
    expect(itemsOf('scale')).toEqual({
      ...incident,
      'cooldown#* cooldown-sha256#*': ['PutItem'],
      'raised#* raised-sha256#*': ['DeleteItem', 'GetItem', 'UpdateItem'],
    });
    expect(itemsOf('verify')).toEqual(incident);
    expect(itemsOf('report')).toEqual(incident);
    expect(itemsOf('heat-map')).toEqual({ 'incident#* incident-sha256#*': ['GetItem'] });
    expect(itemsOf('reconcile')).toEqual({
      'lock#* lock-sha256#*': ['DeleteItem', 'GetItem', 'PutItem'],
      ...incident,
      'raised#* raised-sha256#*': ['DeleteItem', 'GetItem', 'UpdateItem'],
    });
  });

  test.each(ITEM_KINDS)('keys of %s items begin as in the policies', (kind) => {
    expect(itemKey(kind, 'billing')).toBe(`${kind}#billing`);
    expect(itemKey(kind, 'x'.repeat(5_000))).toMatch(new RegExp(`^${kind}-sha256#`));
  });
});

describe('bucket', () => {
  const objectsOf = (name: string, template = example) =>
    allowedTo(template, name)
      .filter(({ actions }) => actions.some((action) => /^s3:(Get|Put)Object$/.test(action)))
      .map(
        ({ actions, resource }) =>
          `${actions.map((a) => a.slice(3, 6)).join(' ')} ${[...resource.matchAll(/\/(\w+)\/\*/g)].map((match) => match[1]).join(' ')}`,
      );

  test('each function may use the prefixes that it needs', () => {
    expect(objectsOf('poll')).toEqual(['Get Put history']);
    expect(objectsOf('observe')).toEqual(['Get history', 'Put incidents']);
    expect(objectsOf('lock')).toEqual([]);
    expect(objectsOf('reconcile')).toEqual([]);
    expect(objectsOf('diagnose')).toEqual(['Get Put incidents']);
    expect(objectsOf('scale')).toEqual(['Get incidents']);
    expect(objectsOf('verify')).toEqual(['Get incidents']);
    expect(objectsOf('report')).toEqual(['Get Put incidents']);
    expect(objectsOf('heat-map')).toEqual(['Get history']);
  });

  test('discover may write the brokers, and the functions that read brokers may read them', () => {
    expect(objectsOf('discover', discovering)).toEqual(['Put clusters']);
    expect(objectsOf('poll', discovering)).toEqual(['Get clusters', 'Get Put history']);
    expect(objectsOf('observe', discovering)).toEqual(['Get clusters history', 'Put incidents']);
    expect(objectsOf('diagnose', discovering)).toEqual(['Get Put incidents']);
  });

  test.each(['poll', 'observe', 'diagnose', 'scale', 'verify', 'report', 'heat-map'])(
    '%s may list it without a condition, so that a missing object reads as missing',
    (name) => {
      const lists = allowedTo(example, name).filter(({ actions }) => actions.includes('s3:ListBucket'));

      expect(lists.map(({ condition }) => condition)).toEqual(['{}']);
    },
  );
});

test('only report and reconcile may publish to the topic', () => {
  const mayPublish = FUNCTION_NAMES.filter((name) => actionsAllowedTo(example, name).has('sns:Publish'));

  expect(mayPublish.toSorted()).toEqual(['reconcile', 'report']);
});
