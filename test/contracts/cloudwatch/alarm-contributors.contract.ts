/**
 * What every AlarmContributors does: CloudWatch behind its client and the twin over the evaluator
 * alike.
 */
import { describe, expect, it } from 'vitest';
import type { AlarmContributors } from '#core/ports.ts';

export interface AlarmsStand {
  readonly alarms: AlarmContributors;
  /** An alarm on a query over groups, and one on a metric; no other exists. */
  readonly names: { readonly lag: string; readonly heartbeat: string };
  /**
   * From the time that is returned on, these values of ConsumerGroup are in ALARM, and no others;
   * the heartbeat is OK. Their ratio was 2 in each of the minutes of `RATIOS`.
   */
  readonly putInAlarm: (groups: readonly string[]) => Promise<number>;
  /** Mutes the alarm on the query by a rule of this name. */
  readonly mute: (rule: string) => void;
}

/** Minutes in which ratios of the cluster `c` and share `1` are published, epoch ms. */
export const RATIOS = [0, 1, 2].map((minute) => Date.UTC(2026, 0, 5, 3, minute));

/** Runs the contract; `make` gives alarms without any data. */
export function alarmContributorsContract(name: string, make: () => AlarmsStand): void {
  describe(`AlarmContributors, ${name}`, () => {
    it('returns the states of the alarms that exist, in the requested order', async () => {
      const { alarms, names, putInAlarm } = make();
      await putInAlarm(['billing']);
      const statuses = await alarms.statuses([names.heartbeat, 'no-such-alarm', names.lag]);

      expect(statuses).toEqual([
        { name: names.heartbeat, arn: expect.any(String), state: 'OK', actionsDisabled: false, partial: false },
        { name: names.lag, arn: expect.any(String), state: 'ALARM', actionsDisabled: false, partial: false },
      ]);
      expect(statuses[1]?.arn).toMatch(new RegExp(`^arn:aws:cloudwatch:.*:alarm:${names.lag}$`));
    });

    it('reports that an alarm has no data', async () => {
      const { alarms, names } = make();

      expect(await alarms.statuses([names.lag])).toMatchObject([{ state: 'INSUFFICIENT_DATA' }]);
      expect(await alarms.contributors(names.lag)).toEqual([]);
    });

    it('names the series in ALARM by what the query groups by, with the reason and the time', async () => {
      const { alarms, names, putInAlarm } = make();
      const sinceMs = await putInAlarm(['billing', 'gr%C3%B6%C3%9Fe']);
      const contributors = await alarms.contributors(names.lag);

      expect(contributors.map(({ attributes }) => attributes.ConsumerGroup).toSorted()).toEqual([
        'billing',
        'gr%C3%B6%C3%9Fe',
      ]);
      for (const contributor of contributors) {
        expect(contributor).toEqual({
          attributes: { ConsumerGroup: expect.any(String) },
          reason: expect.stringContaining('Threshold Crossed'),
          sinceMs,
        });
      }
    });

    it('names as many as CloudWatch does', async () => {
      const { alarms, names, putInAlarm } = make();
      await putInAlarm(Array.from({ length: 100 }, (_, i) => `group-${i}`));

      expect(await alarms.contributors(names.lag)).toHaveLength(100);
    });

    it('returns the newest ratio of a group by its own name, or none when all are too old', async () => {
      const { alarms, putInAlarm } = make();
      await putInAlarm(['gr%C3%B6%C3%9Fe']);
      const of = (ConsumerGroup: string) => ({ ClusterName: 'c', AlarmShard: '1', ConsumerGroup });
      const [first = 0, , last = 0] = RATIOS;

      expect(await alarms.newestRatio(of('größe'), first)).toBe(2);
      expect(await alarms.newestRatio(of('größe'), last)).toBe(2);
      expect(await alarms.newestRatio(of('größe'), last + 60_000)).toBeUndefined();
      expect(await alarms.newestRatio(of('nobody'), first)).toBeUndefined();
      expect(await alarms.newestRatio({ ...of('größe'), AlarmShard: '2' }, first)).toBeUndefined();
    });

    it('returns the rule that mutes an alarm, and only that alarm', async () => {
      const { alarms, names, mute } = make();
      expect(await alarms.mutedBy(names.lag)).toBeUndefined();
      mute('maintenance');

      expect(await alarms.mutedBy(names.lag)).toContain('maintenance');
      expect(await alarms.mutedBy(names.heartbeat)).toBeUndefined();
    });
  });
}
