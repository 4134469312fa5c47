/**
 * What every ServiceScaler does: the ECS adapter, the service of the local stand, and the simulated
 * group alike.
 */
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import type { ServiceScaler } from '#core/ports.ts';
import type { ServiceId } from '#core/runbook/service.ts';

export interface ScalerStand {
  readonly scaler: ServiceScaler;
  /** A service of two tasks without a scalable target. */
  readonly service: ServiceId;
}

/** Runs the contract; `make` gives a fresh service each time. */
export function serviceScalerContract(name: string, make: () => ScalerStand | Promise<ScalerStand>): void {
  describe(`ServiceScaler, ${name}`, () => {
    it('returns the desired count and its lever, and allows scaling', async () => {
      const { scaler, service } = await make();
      const status = await scaler.describe(service);

      expect(status).toMatchObject({ id: service, desired: 2, lever: 'desired-count', leverValue: 2 });
      expect(status).not.toHaveProperty('refusal');
    });

    it('moves the lever, and says from where to where', async () => {
      const { scaler, service } = await make();

      expect(await scaler.scale(service, 'desired-count', 2, 5)).toEqual({ lever: 'desired-count', from: 2, to: 5 });
      expect(await scaler.describe(service)).toMatchObject({ desired: 5, leverValue: 5 });
    });

    it('moves it back', async () => {
      const { scaler, service } = await make();
      await scaler.scale(service, 'desired-count', 2, 5);
      await scaler.scale(service, 'desired-count', 5, 2);

      expect((await scaler.describe(service)).desired).toBe(2);
    });

    it('refuses, and changes nothing, when the lever stands elsewhere', async () => {
      const { scaler, service } = await make();

      await expect(scaler.scale(service, 'desired-count', 3, 5)).rejects.toMatchObject({
        name: ERROR_NAMES.scalingRefused,
      });
      expect((await scaler.describe(service)).desired).toBe(2);
    });

    it('knows a service that does not exist for what it is', async () => {
      const { scaler } = await make();
      const other = { cluster: 'shop', service: 'no-such-service' };

      await expect(scaler.describe(other)).rejects.toMatchObject({ name: ERROR_NAMES.notFound });
    });
  });
}
