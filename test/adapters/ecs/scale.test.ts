import {
  ConcurrentUpdateException,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ServiceNotActiveException, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import type { ScalingRefusalId } from '#core/runbook/errors.ts';
import { autoScaling, ecs, hasService, hasTarget, id, inputsOf, reset, scaler, service, target } from './double.ts';

const refused = (reason: ScalingRefusalId) => ({ name: ERROR_NAMES.scalingRefused, id: reason });
const busy = new ConcurrentUpdateException({ $metadata: {}, message: 'busy' });
const written = () => [...inputsOf(ecs, UpdateServiceCommand), ...inputsOf(autoScaling, RegisterScalableTargetCommand)];

beforeEach(reset);
afterAll(() => {
  ecs.restore();
  autoScaling.restore();
});

describe('scale by desired-count', () => {
  const setCounts = (...counts: number[]) => {
    const behaviour = ecs.on(DescribeServicesCommand);
    for (const desiredCount of counts) behaviour.resolvesOnce({ services: [{ ...service, desiredCount }] });
  };
  beforeEach(() => void ecs.on(UpdateServiceCommand).resolves({}));

  it('reads, writes only the count, and reads again', async () => {
    setCounts(3, 8);

    expect(await scaler.scale(id, 'desired-count', 3, 8)).toEqual({ lever: 'desired-count', from: 3, to: 8 });

    expect(written()).toEqual([{ cluster: 'prod', service: 'orders', desiredCount: 8 }]);
    expect(inputsOf(ecs, DescribeServicesCommand)).toHaveLength(2);
  });

  it('accepts the old value in a late answer', async () => {
    setCounts(3, 3);
    expect(await scaler.scale(id, 'desired-count', 3, 8)).toMatchObject({ to: 8 });
  });

  it('scales down a service with failing tasks', async () => {
    ecs
      .on(DescribeServicesCommand)
      .resolvesOnce({ services: [{ ...service, desiredCount: 8, deployments: [{ failedTasks: 4 }] }] })
      .resolvesOnce({ services: [{ ...service, desiredCount: 0 }] });

    expect(await scaler.scale(id, 'desired-count', 8, 0)).toMatchObject({ from: 8, to: 0 });
  });

  it('refuses when something else changed the count since it was read', async () => {
    setCounts(5);
    await expect(scaler.scale(id, 'desired-count', 3, 8)).rejects.toMatchObject(refused('lever-moved'));
    expect(written()).toEqual([]);
  });

  it('throws when something else changes the count right after the write', async () => {
    setCounts(3, 6);
    await expect(scaler.scale(id, 'desired-count', 3, 8)).rejects.toMatchObject(refused('lever-moved'));
  });

  it('refuses when a scalable target owns the count now', async () => {
    hasTarget(target);
    await expect(scaler.scale(id, 'desired-count', 3, 8)).rejects.toMatchObject(refused('lever-changed'));
    expect(written()).toEqual([]);
  });

  it.each([-1, 2.5, Number.NaN])('refuses the count %s', async (to) => {
    await expect(scaler.scale(id, 'desired-count', 3, to)).rejects.toMatchObject(refused('invalid-count'));
    expect(written()).toEqual([]);
  });

  it('refuses when the service is no longer active', async () => {
    setCounts(3);
    ecs.on(UpdateServiceCommand).rejects(new ServiceNotActiveException({ $metadata: {}, message: 'gone' }));
    await expect(scaler.scale(id, 'desired-count', 3, 8)).rejects.toMatchObject(refused('service-refuses'));
  });
});

describe('scale by min-capacity', () => {
  const setCounts = (...minima: number[]) => {
    const behaviour = autoScaling.on(DescribeScalableTargetsCommand);
    for (const MinCapacity of minima) behaviour.resolvesOnce({ ScalableTargets: [{ ...target, MinCapacity }] });
  };
  beforeEach(() => void autoScaling.on(RegisterScalableTargetCommand).resolves({}));

  it('writes only MinCapacity, up to MaxCapacity', async () => {
    setCounts(2, 10);

    expect(await scaler.scale(id, 'min-capacity', 2, 10)).toEqual({ lever: 'min-capacity', from: 2, to: 10 });

    expect(written()).toEqual([
      {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: 'service/prod/orders',
        MinCapacity: 10,
      },
    ]);
  });

  it('refuses a value above MaxCapacity', async () => {
    setCounts(2);
    await expect(scaler.scale(id, 'min-capacity', 2, 11)).rejects.toMatchObject(refused('above-max-capacity'));
    expect(written()).toEqual([]);
  });

  it('refuses when something else changed MinCapacity, regardless of the desired count', async () => {
    setCounts(4);
    hasService({ desiredCount: 2 });
    await expect(scaler.scale(id, 'min-capacity', 2, 8)).rejects.toMatchObject(refused('lever-moved'));
    expect(written()).toEqual([]);
  });

  it('refuses when the scalable target is gone', async () => {
    await expect(scaler.scale(id, 'min-capacity', 3, 8)).rejects.toMatchObject(refused('lever-changed'));
    expect(written()).toEqual([]);
  });

  it('retries once when another update is under way', async () => {
    setCounts(2, 8);
    autoScaling.on(RegisterScalableTargetCommand).rejectsOnce(busy).resolvesOnce({});

    expect(await scaler.scale(id, 'min-capacity', 2, 8)).toMatchObject({ to: 8 });
    expect(written()).toHaveLength(2);
  });

  it('throws when the other update is still under way at the retry', async () => {
    setCounts(2);
    autoScaling.on(RegisterScalableTargetCommand).rejects(busy);

    await expect(scaler.scale(id, 'min-capacity', 2, 8)).rejects.toBe(busy);
    expect(written()).toHaveLength(2);
  });
});
