import {
  ConcurrentUpdateException,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ServiceNotActiveException, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import { autoScaling, ecs, hasService, hasTarget, id, inputsOf, reset, scaler, service, target } from './double.ts';

const refused = (message: RegExp) => ({ name: ERROR_NAMES.scalingRefused, message: expect.stringMatching(message) });
const busy = new ConcurrentUpdateException({ $metadata: {}, message: 'busy' });
const written = () => [...inputsOf(ecs, UpdateServiceCommand), ...inputsOf(autoScaling, RegisterScalableTargetCommand)];

beforeEach(reset);
afterAll(() => {
  ecs.restore();
  autoScaling.restore();
});

describe('scale by desired-count', () => {
  const stands = (...counts: number[]) => {
    const behaviour = ecs.on(DescribeServicesCommand);
    for (const desiredCount of counts) behaviour.resolvesOnce({ services: [{ ...service, desiredCount }] });
  };
  beforeEach(() => void ecs.on(UpdateServiceCommand).resolves({}));

  it('reads, writes the count alone, and reads again', async () => {
    stands(3, 8);

    expect(await scaler.scale(id, 'desired-count', 3, 8)).toEqual({ lever: 'desired-count', from: 3, to: 8 });

    expect(written()).toEqual([{ cluster: 'prod', service: 'orders', desiredCount: 8 }]);
    expect(inputsOf(ecs, DescribeServicesCommand)).toHaveLength(2);
  });

  it('takes the old value for an answer that is late', async () => {
    stands(3, 3);
    expect(await scaler.scale(id, 'desired-count', 3, 8)).toMatchObject({ to: 8 });
  });

  it('scales a service down whose tasks fail: that must stay possible', async () => {
    ecs
      .on(DescribeServicesCommand)
      .resolvesOnce({ services: [{ ...service, desiredCount: 8, deployments: [{ failedTasks: 4 }] }] })
      .resolvesOnce({ services: [{ ...service, desiredCount: 0 }] });

    expect(await scaler.scale(id, 'desired-count', 8, 0)).toMatchObject({ from: 8, to: 0 });
  });

  it('refuses when another hand moved the count since it was read', async () => {
    stands(5);
    await expect(scaler.scale(id, 'desired-count', 3, 8)).rejects.toMatchObject(refused(/stands at 5, not at 3/));
    expect(written()).toEqual([]);
  });

  it('says so when another hand moves the count right after', async () => {
    stands(3, 6);
    await expect(scaler.scale(id, 'desired-count', 3, 8)).rejects.toMatchObject(refused(/set to 8 and stands at 6/));
  });

  it('refuses when a scalable target owns the count by now', async () => {
    hasTarget(target);
    await expect(scaler.scale(id, 'desired-count', 3, 8)).rejects.toMatchObject(refused(/min-capacity now/));
    expect(written()).toEqual([]);
  });

  it.each([-1, 2.5, Number.NaN])('refuses the count %s', async (to) => {
    await expect(scaler.scale(id, 'desired-count', 3, to)).rejects.toMatchObject(refused(/whole number/));
    expect(written()).toEqual([]);
  });

  it('refuses when the service is not active any more', async () => {
    stands(3);
    ecs.on(UpdateServiceCommand).rejects(new ServiceNotActiveException({ $metadata: {}, message: 'gone' }));
    await expect(scaler.scale(id, 'desired-count', 3, 8)).rejects.toMatchObject(refused(/not active/));
  });
});

describe('scale by min-capacity', () => {
  const stands = (...minima: number[]) => {
    const behaviour = autoScaling.on(DescribeScalableTargetsCommand);
    for (const MinCapacity of minima) behaviour.resolvesOnce({ ScalableTargets: [{ ...target, MinCapacity }] });
  };
  beforeEach(() => void autoScaling.on(RegisterScalableTargetCommand).resolves({}));

  it('writes MinCapacity alone, up to MaxCapacity', async () => {
    stands(2, 10);

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

  it('refuses to go above MaxCapacity', async () => {
    stands(2);
    await expect(scaler.scale(id, 'min-capacity', 2, 11)).rejects.toMatchObject(refused(/MaxCapacity 10/));
    expect(written()).toEqual([]);
  });

  it('refuses when another hand moved MinCapacity, whatever the desired count', async () => {
    stands(4);
    hasService({ desiredCount: 2 });
    await expect(scaler.scale(id, 'min-capacity', 2, 8)).rejects.toMatchObject(refused(/stands at 4, not at 2/));
    expect(written()).toEqual([]);
  });

  it('refuses when the scalable target is gone', async () => {
    await expect(scaler.scale(id, 'min-capacity', 3, 8)).rejects.toMatchObject(refused(/desired-count now/));
    expect(written()).toEqual([]);
  });

  it('asks again once when another update is under way', async () => {
    stands(2, 8);
    autoScaling.on(RegisterScalableTargetCommand).rejectsOnce(busy).resolvesOnce({});

    expect(await scaler.scale(id, 'min-capacity', 2, 8)).toMatchObject({ to: 8 });
    expect(written()).toHaveLength(2);
  });

  it('throws when the other update is still under way then', async () => {
    stands(2);
    autoScaling.on(RegisterScalableTargetCommand).rejects(busy);

    await expect(scaler.scale(id, 'min-capacity', 2, 8)).rejects.toBe(busy);
    expect(written()).toHaveLength(2);
  });
});
