import { describe, expect, it } from 'vitest';
import { planLimitsOf } from '#core/scaling/plan-limits.ts';
import {
  ageBudgetOf,
  isolationLevelOf,
  namedGroupsOf,
  parseSettings,
  SETTINGS_ENV,
  scaleTiming,
  serviceOf,
  settingsFromEnv,
} from '#core/settings.ts';

const minimal = { clusterName: 'prod', bootstrapBrokers: 'b1:9098' };

describe('parseSettings', () => {
  it('recommends by default', () => {
    expect(parseSettings(minimal)).toMatchObject({
      mode: 'recommend',
      auth: 'iam',
      timing: { pollIntervalSeconds: 60 },
    });
  });

  it('names every problem at once', () => {
    const wrong = {
      clusterName: '',
      bootstrapBrokers: '',
      mode: 'dance',
      utilisation: 2,
      timing: { lockSeconds: -1 },
      typo: 1,
    };

    for (const key of ['clusterName', 'bootstrapBrokers', 'mode', 'utilisation', 'timing.lockSeconds', 'typo']) {
      expect(() => parseSettings(wrong), key).toThrow(key);
    }
  });

  it('requires the brokers, or the cluster whose brokers the watcher discovers', () => {
    expect(() => parseSettings({ clusterName: 'prod' })).toThrow(/^bootstrapBrokers: is missing; .* or set clusterArn/);
    expect(parseSettings({ clusterName: 'prod', clusterArn: 'arn:aws:kafka:x' }).bootstrapBrokers).toBeUndefined();
  });

  it('accepts a budget in series or in dollars that has room for a group', () => {
    const budget = (seriesBudget: object) => () => parseSettings({ ...minimal, seriesBudget });

    expect(budget({ series: 100 })().seriesBudget).toEqual({ series: 100 });
    expect(budget({ dollarsPerMonth: 12.5 })().seriesBudget).toEqual({ dollarsPerMonth: 12.5 });
    expect(budget({})).toThrow(/^seriesBudget: must have either series or dollarsPerMonth$/);
    expect(budget({ series: 9, dollarsPerMonth: 9 })).toThrow(/either/);
    expect(budget({ series: 1.5 })).toThrow(/^seriesBudget.series: is 1.5; it must be a whole number$/);
    expect(budget({ series: 3 })).toThrow(/^seriesBudget: is \{"series":3\}, which leaves no room for a group/);
    expect(budget({ dollarsPerMonth: 2 })).toThrow(/the cluster itself takes \d+ series; raise it/);
  });

  it('refuses a group that appears twice', () => {
    const services = [1, 2].map((i) => ({ group: 'a', ecsCluster: 'c', ecsService: `s${i}` }));

    expect(() => parseSettings({ ...minimal, services })).toThrow(/services: group "a" is listed twice/);
    const isolation = ['a*', 'b', 'a*'].map((groups) => ({ groups, level: 'read_committed' }));
    expect(() => parseSettings({ ...minimal, isolation })).toThrow(
      /^isolation: groups "a\*" is listed twice; keep one entry$/,
    );
  });

  it('names each wrong pattern, and what is allowed', () => {
    const filters = { groups: { include: ['ok-*', 'orders-[ab]'], exclude: ['/(/'] }, topics: { include: [] } };
    const wrong = { ...minimal, filters, thresholds: [{ groups: '{a', lag: 1 }] };

    expect(() => parseSettings(wrong)).toThrow(
      new RegExp(
        [
          '^thresholds\\.0\\.groups: is "{a", which has a { without its }; allowed are globs .* and /regular expressions/',
          'filters\\.groups\\.include\\.1: is "orders-\\[ab\\]", which has a \\[; allowed are',
          'filters\\.groups\\.exclude\\.0: is "/\\(/", which is not a regular expression \\(.*; allowed are',
          'filters\\.topics\\.include: is \\[\\]; it must be at least 1',
        ].join('.*\n'),
      ),
    );
  });
});

describe('what a poll may spend and keep', () => {
  it('is nothing for ages without rounds', () => {
    expect(ageBudgetOf(parseSettings({ ...minimal, ageRounds: 0 }))).toBeUndefined();
    const budget = ageBudgetOf(parseSettings({ ...minimal, ageRounds: 3, agePartitions: 7 }));
    expect(budget).toMatchObject({ rounds: 3, precisePartitions: 7 });
  });

  it('has the threshold of a group as the objective of its age', () => {
    const thresholds = [{ groups: 'batch', ageSeconds: 'none' as const }];
    const objectiveMsOf = ageBudgetOf(parseSettings({ ...minimal, thresholds }))?.objectiveMsOf;

    expect(['batch', 'other'].map((group) => objectiveMsOf?.(group))).toEqual([undefined, 900_000]);
  });

  it('is a history of 60 polls by default, and a window of at most its hour', () => {
    const timing = (rateWindowSeconds: number) => parseSettings({ ...minimal, timing: { rateWindowSeconds } }).timing;

    expect(parseSettings(minimal).historySamples).toBe(60);
    expect(parseSettings({ ...minimal, historySamples: 9 }).historySamples).toBe(9);
    expect(timing(3_600).rateWindowSeconds).toBe(3_600);
    expect(() => timing(3_601)).toThrow('timing.rateWindowSeconds');
  });
});

describe('login', () => {
  it.each(['scram', 'mtls'] as const)('%s requires a secret', (auth) => {
    expect(() => parseSettings({ ...minimal, auth })).toThrow(`authSecretArn: is missing; auth ${auth} needs`);
    expect(parseSettings({ ...minimal, auth, authSecretArn: 'arn' })).toMatchObject({ auth, authSecretArn: 'arn' });
  });

  it('tls accepts a secret, for the authority', () => {
    expect(parseSettings({ ...minimal, auth: 'tls' }).authSecretArn).toBeUndefined();
    expect(parseSettings({ ...minimal, auth: 'tls', authSecretArn: 'arn' }).authSecretArn).toBe('arn');
  });

  it.each(['iam', 'plaintext'] as const)('%s refuses a secret', (auth) => {
    expect(() => parseSettings({ ...minimal, auth, authSecretArn: 'arn' })).toThrow(
      `authSecretArn: is set, and auth ${auth} takes no credentials`,
    );
  });
});

describe('namedGroupsOf', () => {
  it('names each group of thresholds and services once, without patterns', () => {
    const settings = parseSettings({
      ...minimal,
      thresholds: [
        { groups: 'a', lag: 1 },
        { groups: 'b', lag: 1 },
        { groups: 'c-*', lag: 1 },
        { groups: '/d/', lag: 1 },
      ],
      services: [{ group: 'b', ecsCluster: 'c', ecsService: 's' }],
    });

    expect(namedGroupsOf(settings)).toEqual(['a', 'b']);
  });
});

describe('settingsFromEnv', () => {
  it('reads what the construct wrote', () => {
    expect(settingsFromEnv({ [SETTINGS_ENV]: JSON.stringify(minimal) }).clusterName).toBe('prod');
  });

  it.each([
    [{}, /is not set/],
    [{ [SETTINGS_ENV]: '{' }, /is not JSON/],
  ])('reports what is wrong with %j', (env, message) => {
    expect(() => settingsFromEnv(env)).toThrow(message);
  });
});

describe('scaleTiming', () => {
  it('shortens every duration, but not the deadline of Kafka', () => {
    const thresholds = [{ groups: 'a', ageSeconds: 'none' as const, dataLossHorizonSeconds: 600 }];
    const scaled = scaleTiming(parseSettings({ ...minimal, thresholds }), 0.05);

    expect(scaled.timing).toMatchObject({
      pollIntervalSeconds: 3,
      lockSeconds: 210,
      cooldownSeconds: 30,
      drainTargetSeconds: 45,
    });
    expect(scaled.defaultThreshold).toEqual({ lag: 100_000, ageSeconds: 45, dataLossHorizonSeconds: 360 });
    expect(scaled.thresholds).toEqual([{ groups: 'a', ageSeconds: 'none', dataLossHorizonSeconds: 30 }]);
    expect(scaled.kafkaTimeoutSeconds).toBe(20);
  });
});

describe('settings of one group', () => {
  const settings = parseSettings({
    ...minimal,
    isolation: [
      { groups: 'pay-eu', level: 'read_uncommitted' },
      { groups: 'pay-*', level: 'read_committed' },
    ],
    services: [{ group: 'a', ecsCluster: 'c', ecsService: 's', maxTasks: 4 }],
    maxStepTasks: 2,
  });

  it('are its isolation level, its service and its limits, or else the defaults', () => {
    expect(['a', 'pay-eu', 'pay-us'].map(isolationLevelOf(settings))).toEqual([
      'read_uncommitted',
      'read_uncommitted',
      'read_committed',
    ]);
    expect(serviceOf(settings, 'a')).toEqual({ id: { cluster: 'c', service: 's' }, maxTasks: 4 });
    expect(serviceOf(settings, 'b')).toBeUndefined();
    expect(planLimitsOf(settings, 'a')).toMatchObject({ maxTasks: 4, maxStepTasks: 2 });
    expect(planLimitsOf(settings, 'b')).not.toHaveProperty('maxTasks');
    const unlimited = parseSettings({ ...minimal, services: [{ group: 'a', ecsCluster: 'c', ecsService: 's' }] });
    expect(serviceOf(unlimited, 'a')).toEqual({ id: { cluster: 'c', service: 's' } });
    expect(planLimitsOf(unlimited, 'a')).toEqual({ drainTargetSeconds: 900, utilisation: 0.8 });
  });
});
