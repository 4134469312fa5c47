import { expect, test } from 'vitest';
import { equipPoll } from '#cli/commands/poll.ts';
import { runCommand } from '#test/support/cli/run-command.ts';
import { runLag } from '#test/support/cli/run-lag.ts';

test('lag poll refuses an unknown sink and lists the known ones', async () => {
  const { code, stdout, stderr } = await runLag(['poll', '-b', '127.0.0.1:1', '--sink', 'smoke']);

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/'smoke' is invalid\. Allowed choices are emf, put-metric-data\./);
});

test.each([
  [['--tier', 'some'], /Allowed choices are minimal, default, rates, topics, all/],
  [['--budget', '12eur'], /500, or dollars a month such as 40usd/],
  [['--budget', '2'], /seriesBudget: .* leaves no room for a group/],
])('lag poll refuses %j before it connects to a broker', async (args, message) => {
  await expect(runCommand(equipPoll, ['-b', '127.0.0.1:1', ...args])).rejects.toThrow(message);
});
