import { describe, expect, it } from 'vitest';
import { thresholdsOf } from '#core/group/thresholds.ts';
import { parseSettings, type SettingsInput } from '#core/settings.ts';

const settingsOf = (change: Partial<SettingsInput>) =>
  parseSettings({ clusterName: 'prod', bootstrapBrokers: 'b1:9098', ...change });

describe('thresholdsOf', () => {
  it('are 100,000 records, 15 minutes and 2 hours for a group without an entry', () => {
    expect(thresholdsOf(settingsOf({}))('any')).toEqual({
      lag: 100_000,
      ageSeconds: 900,
      dataLossHorizonSeconds: 7_200,
    });
  });

  it('come from the first matching pattern, and from the defaults where it sets nothing', () => {
    const of = thresholdsOf(
      settingsOf({
        defaultThreshold: { lag: 500, dataLossHorizonSeconds: 'none' },
        thresholds: [
          { groups: 'pay-eu', ageSeconds: 60 },
          { groups: 'pay-*', lag: 9, ageSeconds: 'none' },
          { groups: '/-eu$/', lag: 11, dataLossHorizonSeconds: 60 },
        ],
      }),
    );

    expect(['pay-eu', 'pay-us', 'x-eu', 'other'].map(of)).toEqual([
      { lag: 500, ageSeconds: 60 },
      { lag: 9 },
      { lag: 11, ageSeconds: 900, dataLossHorizonSeconds: 60 },
      { lag: 500, ageSeconds: 900 },
    ]);
  });

  it('omit thresholds that are turned off', () => {
    const off = { lag: 'none', ageSeconds: 'none', dataLossHorizonSeconds: 'none' } as const;

    expect(thresholdsOf(settingsOf({ defaultThreshold: off }))('any')).toEqual({});
  });

  it('have no age when ages are not requested', () => {
    expect(thresholdsOf(settingsOf({ ageRounds: 0 }))('any')).toEqual({ lag: 100_000, dataLossHorizonSeconds: 7_200 });
  });

  it.each<[string, Partial<SettingsInput>, RegExp]>([
    [
      'an entry without a threshold',
      { thresholds: [{ groups: 'a' }] },
      /thresholds\.0.*at least one of lag, ageSeconds/,
    ],
    ['an age of 0', { thresholds: [{ groups: 'a', ageSeconds: 0 }] }, /thresholds\.0\.ageSeconds/],
    ['part of a record', { defaultThreshold: { lag: 1.5 } }, /defaultThreshold\.lag/],
    [
      'a pattern twice',
      {
        thresholds: [
          { groups: 'a', lag: 1 },
          { groups: 'a', lag: 2 },
        ],
      },
      /"a" is listed twice/,
    ],
    ['no alarm', { alarmShards: 0 }, /alarmShards/],
    ['more alarms than an account may have', { alarmShards: 201 }, /alarmShards/],
  ])('refuse %s', (_, change, message) => {
    expect(() => settingsOf(change)).toThrow(message);
  });
});
