import { describe, expect, it } from 'vitest';
import { Pace } from '#local/workload/pace.ts';

const never = new AbortController().signal;
const timeOf = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
const nothing = async () => {};

describe('Pace', () => {
  it.each([false, true])('takes the time it says on the average, spin %s', async (spin) => {
    const pace = new Pace({ msPerRecord: 5, spin, signal: never });
    const record = () => pace.spend(nothing);
    for (let i = 0; i < 40; i++) await record(); // uses up what may be made up for
    const elapsed = await timeOf(async () => {
      for (let i = 0; i < 100; i++) await record();
    });
    expect(elapsed).toBeGreaterThan(380);
    expect(elapsed).toBeLessThan(800);
  });

  it('keeps the member alive during a long record', async () => {
    const pace = new Pace({ msPerRecord: 1_300, spin: false, signal: never });
    let heartbeats = 0;
    await pace.spend(async () => {
      heartbeats++;
    });
    expect(heartbeats).toBeGreaterThanOrEqual(2);
  });

  it('passes on what keeping alive throws: the group rebalances', async () => {
    const pace = new Pace({ msPerRecord: 60_000, spin: false, signal: never });
    await expect(
      pace.spend(() => {
        throw new Error('rebalance');
      }),
    ).rejects.toThrow('rebalance');
  });

  it('ends at once when its signal aborts', async () => {
    const stopping = new AbortController();
    const pace = new Pace({ msPerRecord: 60_000, spin: false, signal: stopping.signal });
    const spent = pace.spend(nothing);
    stopping.abort();
    await expect(spent).rejects.toThrow('abort');
  });
});
