import { Logger } from '@aws-lambda-powertools/logger';
import { describe, expect, it, vi } from 'vitest';
import { createHandler } from '#functions/heat-map.ts';
import { groupReadingOf } from '#test/support/groups/readings.ts';
import { ENDPOINT, heatMapWorld } from '#test/support/heat-map/heat-map-world.ts';

const billing = groupReadingOf({ groupId: 'billing', offsets: [[0, 150]] });

describe('the function', () => {
  const loggerTo = (lines: unknown[]): Logger => {
    const logger = new Logger({ logLevel: 'SILENT' });
    vi.spyOn(logger, 'info').mockImplementation((...line) => void lines.push(line));
    return logger;
  };
  const context = { invokedFunctionArn: ENDPOINT, awsRequestId: 'r', functionName: 'f' } as never;

  it('answers a text, and logs neither it nor the names in it', async () => {
    const world = await heatMapWorld({ groups: [billing] });
    const lines: unknown[] = [];
    const answer = await createHandler(() => world, loggerTo(lines))({ group: 'billing' }, context);

    expect(answer).toContain('billing');
    expect(JSON.stringify(lines)).toContain('"shown":"map"');
    expect(JSON.stringify(lines)).not.toContain('billing');
  });

  it('fails when the history cannot be asked for', async () => {
    const world = await heatMapWorld();
    world.history.load = () => Promise.reject(new Error('AccessDenied'));

    await expect(createHandler(() => world, loggerTo([]))({}, context)).rejects.toThrow('AccessDenied');
  });
});
