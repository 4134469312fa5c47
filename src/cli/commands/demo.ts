/** `lag demo`: plays the whole loop on a real broker, without an AWS account. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DemoOptions } from '#cli/demo/play-demo.ts';
import { SCENARIOS, type Scenario } from '#local/scenarios/scenario.ts';

/**
 * Adds options and action to the command. The exit code is 0 only when every scenario ended as
 * expected.
 */
export function equipDemo(command: Command): void {
  const known = SCENARIOS.map(({ id, title }) => `${id} (${title})`).join(', ');
  command
    .addOption(
      new Option('--scenario <ids>', `scenarios to play, comma separated: ${known}`)
        .argParser(parseScenarios)
        .default(SCENARIOS, 'all'),
    )
    .option('-b, --bootstrap <host:port>', 'use this running broker without login, instead of starting one')
    .option('--out <folder>', 'folder for reports and evidence (default: a new temporary folder)')
    .option('--keep', 'keep the started broker until Ctrl-C; with --bootstrap, keep topics and groups')
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(demo);
}

/** Loads the play only here: Kafka and synthesis take a while to load. */
async function demo(options: DemoOptions): Promise<void> {
  const { playDemo } = await import('#cli/demo/play-demo.ts');
  if (!(await playDemo(options))) process.exitCode = 1;
}

function parseScenarios(text: string): readonly Scenario[] {
  const ids = new Set(text.split(',').map((id) => id.trim()));
  return [...ids].map((id) => {
    const scenario = SCENARIOS.find((candidate) => candidate.id === id);
    if (scenario === undefined)
      throw new InvalidArgumentError(`${JSON.stringify(id)} is not one of ${SCENARIOS.map((s) => s.id).join(', ')}.`);
    return scenario;
  });
}
