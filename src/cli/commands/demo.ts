/** `lag demo`: the whole loop on a real broker, without an AWS account. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DemoOptions } from '#cli/demo/play-demo.ts';
import { SCENARIOS, type Scenario } from '#local/scenarios/scenario.ts';

/** Gives the command its options and what it does. Exit code 0 only when every scenario ended as told. */
export function equipDemo(command: Command): void {
  const known = SCENARIOS.map(({ id, title }) => `${id} (${title})`).join(', ');
  command
    .addOption(
      new Option('--scenario <ids>', `scenarios to play, comma separated: ${known}`)
        .argParser(parseScenarios)
        .default(SCENARIOS, 'all'),
    )
    .option('-b, --bootstrap <host:port>', 'a broker that already runs, without login, instead of one of its own')
    .option('--out <folder>', 'where reports and evidence go; a new temporary folder when left out')
    .option('--keep', 'leave the started broker up until Ctrl-C; with --bootstrap, leave topics and groups there')
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(demo);
}

/** Kafka, synthesis and the play take a while to load. */
async function demo(options: DemoOptions): Promise<void> {
  const { playDemo } = await import('#cli/demo/play-demo.ts');
  if (!(await playDemo(options))) process.exitCode = 1;
}

function parseScenarios(text: string): readonly Scenario[] {
  const ids = new Set(text.split(',').map((id) => id.trim()));
  return [...ids].map((id) => {
    const scenario = SCENARIOS.find((candidate) => candidate.id === id);
    if (scenario === undefined)
      throw new InvalidArgumentError(`${JSON.stringify(id)} is none of ${SCENARIOS.map((s) => s.id).join(', ')}.`);
    return scenario;
  });
}
