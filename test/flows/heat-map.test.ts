import { describe, expect, it } from 'vitest';
import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { emptyHistory } from '#core/history/history.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { newIncident, noteEvent } from '#core/runbook/incident.ts';
import { heatMap } from '#flows/heat-map.ts';
import { groupReadingOf } from '#test/support/groups/readings.ts';
import { ENDPOINT, heatMapWorld, NOW, type Stored } from '#test/support/heat-map/heat-map-world.ts';
import { elementsOf, textOf } from '#test/support/heat-map/html.ts';

const billing = groupReadingOf({
  groupId: 'billing',
  offsets: [
    [0, 150],
    [null, 10],
    [5, 5],
  ],
  members: 2,
});
const orders = groupReadingOf({ groupId: 'orders', offsets: [[0, 300]] });
/** Its commit lies beyond the end. */
const audit = groupReadingOf({ groupId: 'audit', offsets: [[10, 5]] });
const ask = async (event: unknown, stored?: Stored) => heatMap(event, ENDPOINT, await heatMapWorld(stored));
const textFor = async (event: unknown, stored?: Stored) => textOf((await ask(event, stored)).text);
const buttonsIn = (html: string) =>
  elementsOf(html).flatMap(({ tag, text }) => (tag === 'cwdb-action' ? [JSON.parse(text).group] : []));
const hrefsIn = (html: string) => elementsOf(html).flatMap(({ attributes }) => attributes.href ?? []);

describe('a group that is named', () => {
  it('is shown as the last poll read it', async () => {
    const { text, shown } = await ask({ group: 'billing' }, { groups: [billing, orders] });

    expect(shown).toBe('map');
    expect(textOf(text)).toContain('billing on prod: Stable, members 2, partitions 3');
    expect(textOf(text)).toContain(
      'Lag 150 records, worst partition 150; at least 1.50 of its threshold of lag; 100 % of',
    );
    expect(textOf(text)).toContain('Read at 2026-11-23 11:59:30 UTC, 30 s ago');
    expect(textOf(text)).toContain('orders/1: lag no commit');
    expect(buttonsIn(text)).toEqual([]);
  });

  it('has the owner of each partition, and the age of its oldest unread record', async () => {
    const ages = [known({ atLeastMs: 120_000, atMostMs: 150_000, proven: true }), absent, absent];
    const partitions = billing.partitions.map((p, i) => ({ ...p, age: ages[i] ?? absent }));
    const groups = [
      { ...billing, partitions },
      { ...groupReadingOf({ groupId: 'idle', offsets: [[0, 1]], members: 0 }) },
    ];
    const text = await textFor({ group: 'billing' }, { groups });

    expect(text).toContain('orders/0: lag 150; oldest unread record 2 min to 2 min 30 s; owner task-0 at 10.0.0.1');
    expect(text).toContain('orders/2: lag 0; oldest unread record nothing unread; owner task-0 at 10.0.0.1');
    expect(text).toContain('; 1.50 of its threshold of lag;');
    expect(await textFor({ group: 'idle' }, { groups })).toMatch(/orders\/0: lag 1; .* owner nobody/);
  });

  it('has unknown owners when consumers assign partitions to themselves', async () => {
    const groups = [groupReadingOf({ groupId: 'spark', offsets: [[0, 1]], members: 0, kind: 'simple' })];

    expect(await textFor({ group: 'spark' }, { groups })).toContain('owner unknown: the consumers assign partitions');
  });

  it('takes the theme and the width of the widget, and does without them', async () => {
    const widgetContext = { theme: 'dark', width: 300, params: { group: 'other' }, forms: { all: {} } };
    const dark = await ask({ group: 'billing', widgetContext }, { groups: [billing] });
    const odd = await ask({ group: 'billing', widgetContext: { theme: 7, width: 'wide' } }, { groups: [billing] });
    const none = await ask({ group: 'billing', widgetContext: 'none' }, { groups: [billing] });

    expect(dark.text).not.toBe(odd.text);
    expect(odd.text).toBe(none.text);
  });

  it('whose offsets could not be read is shown as unknown', async () => {
    const failed = unknown('broker 3 did not answer');
    const partitions = audit.partitions.map((p) => ({ ...p, committedOffset: failed, logEndOffset: failed }));
    const groups = [{ ...audit, partitions, members: failed, state: failed }];
    const text = await textFor({ group: 'audit' }, { groups });

    expect(text).toContain('it could not be read at the last poll, members unknown');
    expect(text).toContain('No lag is known; how far behind its thresholds: unknown; coverage unknown: its members');
    expect(text).toContain('lag of 1 unknown');
  });

  it('reports a commit beyond the end, which is not a lag of 0', async () => {
    expect(await textFor({ group: 'audit' }, { groups: [audit] })).toContain('lies beyond the log end offset 5');
  });

  it('says that the lag of committed records may be less', async () => {
    const settings = { isolation: [{ groups: 'billing', level: 'read_committed' }] } as const;

    expect(
      await textFor({ group: 'billing' }, { groups: [billing], settings: { isolation: [...settings.isolation] } }),
    ).toContain('Note: lag is counted to the end of the log');
  });

  it('may have a name that every object has', async () => {
    const groups = [groupReadingOf({ groupId: '__proto__', offsets: [[0, 1]] })];

    expect(await textFor({ group: '__proto__' }, { groups })).toContain('__proto__ on prod');
    expect(await textFor({ group: 'constructor' }, { groups })).toContain('no group named constructor');
  });
});

describe('the worst group', () => {
  it('is shown where none is named, with the next ones to choose; without a known lag is last', async () => {
    const many = Array.from({ length: 9 }, (_, i) => groupReadingOf({ groupId: `idle-${i}`, offsets: [[i, i]] }));
    const { text } = await ask({}, { groups: [audit, billing, ...many, orders] });

    expect(textOf(text)).toContain('orders on prod');
    expect(buttonsIn(text)).toEqual(['billing', 'idle-0', 'idle-1', 'idle-2', 'idle-3']);
    expect(textOf(text)).toContain('billing at least 1.50 of its threshold of lag');
    expect(await textFor({}, { groups: [audit, billing] })).toContain('audit nothing is known of its lag');
  });
});

describe('in place of a map', () => {
  it('describes itself', async () => {
    const { text, shown } = await ask({ describe: true });

    expect(shown).toBe('description');
    expect(text).toMatch(/\*\*group\*\* \| Exact id[\s\S]*``` yaml\ngroup: orders-consumer/);
  });

  it.each([
    [{ group: '' }, 'group: is ""; it must be a text that is not empty'],
    [{ rows: 51, grup: 'x' }, 'rows: is 51; it must be at most 50'],
    [{ rows: 51, grup: 'x' }, 'grup: is not a setting'],
    ['billing', 'the parameters must be an object'],
    [[1], 'the parameters must be an object'],
  ])('says what is wrong with %j', async (event, problem) => {
    expect(await textFor(event, { groups: [billing] })).toContain(problem);
  });

  it.each([undefined, null, {}])('takes %j for no parameters', async (event) => {
    expect(await textFor(event, { groups: [billing] })).toContain('billing on prod');
  });

  it('lists groups there are where the one that is named is not there', async () => {
    const { text, shown } = await ask({ group: '<b>Billing' }, { groups: [billing, orders] });

    expect(shown).toBe('message');
    expect(textOf(text)).toContain('no group named <b>Billing');
    expect(buttonsIn(text)).toEqual(['orders', 'billing']);
    expect(elementsOf(text).find(({ tag }) => tag === 'cwdb-action')?.attributes.endpoint).toBe(ENDPOINT);
  });

  it('says that there is no history yet, that it was lost, and that there is no group', async () => {
    const lost = { stored: { history: emptyHistory, lost: 'its format is 9' }, version: 1 };
    const world = { ...(await heatMapWorld()), history: new MemoryHistoryStore(lost) };

    expect(await textFor({})).toContain('There is no history of prod yet');
    expect(textOf((await heatMap({}, ENDPOINT, world)).text)).toContain('its format is 9');
    expect(await textFor({}, { groups: [] })).toContain('read no consumer group');
  });
});

describe('the incident of the group', () => {
  const opened = newIncident('billing', 'run "1"', NOW - 600_000);
  const reported = noteEvent(
    { ...opened, status: 'closed', outcome: 'not-scaled', reportKey: 'incidents/1/run/report.md' },
    { atMs: NOW, step: 'report', text: '' },
  );

  it('is linked to its run while that goes on', async () => {
    const { text } = await ask({ group: 'billing' }, { groups: [billing], incident: opened });

    expect(textOf(text)).toContain('Open incident, opened 10 min ago: a run of the runbook goes on');
    expect(hrefsIn(text)).toEqual([
      'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/arn:aws:states:eu-west-1:111122223333:execution:Runbook-1:run%20%221%22',
    ]);
  });

  it('is linked to its report once there is one', async () => {
    const { text } = await ask({ group: 'billing' }, { groups: [billing], incident: reported });

    expect(textOf(text)).toContain('Last incident, opened 10 min ago: nothing was scaled');
    expect(hrefsIn(text)[1]).toBe(
      'https://eu-west-1.console.aws.amazon.com/s3/object/bucket?region=eu-west-1&prefix=incidents%2F1%2Frun%2Freport.md',
    );
  });

  it.each([
    ['open', 'reconcile', 'Open'],
    ['open', 'withdrawn', 'Open'],
    ['closed', 'reconcile', 'Last'],
  ] as const)('says, while it is %s, what became of a run that died (%s)', async (status, step, begins) => {
    const incident = noteEvent(
      { ...opened, status, outcome: 'rolled-back' },
      { atMs: NOW, step, text: 'the run <died>' },
    );

    expect(textOf((await ask({ group: 'billing' }, { groups: [billing], incident })).text)).toContain(
      `${begins} incident, opened 10 min ago: the run <died>`,
    );
  });

  it('goes on again when a new run continues it', async () => {
    const incident = noteEvent(
      { ...reported, status: 'open', outcome: 'failed' },
      { atMs: NOW, step: 'lock', text: '' },
    );

    expect(await textFor({ group: 'billing' }, { groups: [billing], incident })).toContain(
      'a run of the runbook goes on',
    );
  });

  it.each([
    ['arn:aws-cn:states:cn-north-1:111122223333:stateMachine:R', 'https://cn-north-1.console.amazonaws.cn/'],
    [
      'arn:aws-us-gov:states:us-gov-west-1:111122223333:stateMachine:R',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/',
    ],
  ])('is linked in the partition of %s', async (stateMachineArn, origin) => {
    const { text } = await ask(
      { group: 'billing' },
      { groups: [billing], incident: reported, settings: { stateMachineArn } },
    );

    for (const href of hrefsIn(text)) expect(href.startsWith(origin)).toBe(true);
    expect(hrefsIn(text)).toHaveLength(2);
  });

  it('is shown without a link when the consoles are unknown, or when an earlier version wrote no run', async () => {
    const { runId, ...older } = opened;
    const odd = { stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:"><b>' };
    const { stateMachineArn, ...without } = (await heatMapWorld()).settings;
    const world = { ...(await heatMapWorld({ groups: [billing], incident: reported })), settings: without };

    expect(hrefsIn((await ask({ group: 'billing' }, { groups: [billing], incident: older })).text)).toEqual([]);
    expect(
      hrefsIn((await ask({ group: 'billing' }, { groups: [billing], incident: reported, settings: odd })).text),
    ).toEqual([]);
    expect(hrefsIn((await heatMap({ group: 'billing' }, ENDPOINT, world)).text)).toEqual([]);
  });

  it('that cannot be read costs itself alone', async () => {
    const world = await heatMapWorld({ groups: [billing] });
    world.state.loadIncident = () => Promise.reject(new Error('table gone'));

    expect(textOf((await heatMap({}, ENDPOINT, world)).text)).toContain('Incident: unknown: table gone');
  });
});
