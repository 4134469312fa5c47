import { describe, expect, it } from 'vitest';
import { measurementOf } from '#core/evidence/measurement.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { AT_MS, observationOf } from '#test/support/groups/evidence.ts';

describe('measurementOf', () => {
  it('omits incomplete numbers', () => {
    const partial = { ...observationOf({ lags: [1, undefined] }), members: unknown('x'), rates: unknown('x') };

    expect(measurementOf(partial)).toEqual({ atMs: AT_MS });
    expect(measurementOf({ ...observationOf(), members: known([]) })).toMatchObject({ sumLag: 8000, members: 0 });
  });

  it('omits the rates of only some partitions', () => {
    const { rates, ...rest } = observationOf();
    const partly = rates.kind === 'known' ? known({ ...rates.value, leftOut: 6 }) : rates;

    expect(measurementOf({ ...rest, rates })).toHaveProperty('lagGrowthRate', 400);
    expect(measurementOf({ ...rest, rates: partly })).not.toHaveProperty('lagGrowthRate');
  });
});
