import { describe, expect, it } from 'vitest';
import {
  lagThresholdOf,
  parseSettings,
  planLimitsOf,
  SETTINGS_ENV,
  scaleTiming,
  serviceOf,
  settingsFromEnv,
} from '../../src/core/settings.ts';

const minimal = { clusterName: 'prod', bootstrapBrokers: 'b1:9098' };

describe('parseSettings', () => {
  it('recommends, and scales nothing, unless told otherwise', () => {
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

  it('wants the brokers, or the cluster whose brokers are to be discovered', () => {
    expect(() => parseSettings({ clusterName: 'prod' })).toThrow(/^bootstrapBrokers: is missing; .* or clusterArn/);
    expect(parseSettings({ clusterName: 'prod', clusterArn: 'arn:aws:kafka:x' }).bootstrapBrokers).toBeUndefined();
  });

  it('refuses a group that is listed twice', () => {
    const services = [1, 2].map((i) => ({ group: 'a', ecsCluster: 'c', ecsService: `s${i}` }));

    expect(() => parseSettings({ ...minimal, services })).toThrow(/services: group "a" is listed twice/);
  });
});

describe('settingsFromEnv', () => {
  it('reads what the construct wrote', () => {
    expect(settingsFromEnv({ [SETTINGS_ENV]: JSON.stringify(minimal) }).clusterName).toBe('prod');
  });

  it.each([
    [{}, /is not set/],
    [{ [SETTINGS_ENV]: '{' }, /is not JSON/],
  ])('says what is wrong with %j', (env, message) => {
    expect(() => settingsFromEnv(env)).toThrow(message);
  });
});

describe('scaleTiming', () => {
  it('shortens every duration alike, and no deadline of Kafka', () => {
    const scaled = scaleTiming(parseSettings(minimal), 0.05);

    expect(scaled.timing).toMatchObject({
      pollIntervalSeconds: 3,
      lockSeconds: 210,
      cooldownSeconds: 30,
      catchUpSeconds: 45,
    });
    expect(scaled.kafkaTimeoutSeconds).toBe(20);
  });
});

describe('what a group has of its own', () => {
  const settings = parseSettings({
    ...minimal,
    defaultLagThreshold: 500,
    lagThresholds: [{ group: 'a', lag: 7 }],
    services: [{ group: 'a', ecsCluster: 'c', ecsService: 's', maxTasks: 4 }],
    maxStepTasks: 2,
  });

  it('is its threshold, its service and its limits; else the default, none and the common ones', () => {
    expect([lagThresholdOf(settings, 'a'), lagThresholdOf(settings, 'b')]).toEqual([7, 500]);
    expect(serviceOf(settings, 'a')).toEqual({ id: { cluster: 'c', service: 's' }, maxTasks: 4 });
    expect(serviceOf(settings, 'b')).toBeUndefined();
    expect(planLimitsOf(settings, 'a')).toMatchObject({ maxTasks: 4, maxStepTasks: 2 });
    expect(planLimitsOf(settings, 'b')).not.toHaveProperty('maxTasks');
  });
});
