/**
 * Plays the demo: its own broker or a given one, the synthesized stack, and each scenario in turn.
 */
import { access, constants, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { readerOf } from '#cli/options/connection.ts';
import { messageOf, SettingsError } from '#core/errors.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { type KafkaStand, startKafka } from '#local/kafka/broker.ts';
import { demoConfig } from '#local/scenarios/config.ts';
import { play } from '#local/scenarios/play.ts';
import type { Scenario } from '#local/scenarios/scenario.ts';
import { synthesize } from '#local/template/synthesize.ts';
import { Narrator } from './narrate.ts';
import { INTRODUCTION, Output, outcomeLines } from './output.ts';

/** One minute of alarms, schedule, waits and cooldowns passes in this many seconds. */
const SECONDS_PER_MINUTE = 3;
const TIME_SCALE = SECONDS_PER_MINUTE / 60;
/** Window of statuses and rates. The usual five minutes are longer than a scenario. */
const WINDOW_MINUTES = 2;

/** The scenarios to play, and where. */
export interface DemoOptions {
  readonly scenario: readonly Scenario[];
  readonly bootstrap?: string;
  readonly keep?: true;
  readonly out?: string;
}

/**
 * Plays the scenarios; true when each ended as expected.
 *
 * @throws SettingsError, KafkaUnreachableError before anything starts
 */
export async function playDemo(options: DemoOptions): Promise<boolean> {
  const output = new Output();
  output.lines(INTRODUCTION);
  output.line(
    'stand',
    `time scale: 1 minute of schedule, alarms, waits and cooldowns passes in ${SECONDS_PER_MINUTE} s; Kafka is not scaled`,
  );
  const progress = (line: string) => output.line('stand', line);
  if (options.bootstrap !== undefined) await mustAnswer(options.bootstrap);
  const folder = await writableFolder(options.out);
  const scenarios = options.bootstrap === undefined ? options.scenario : options.scenario.map(renamed);
  progress('bundling the functions and synthesizing the stack');
  const synthesized = synthesize(demoConfig(scenarios));
  synthesized.catch(() => {}); // awaited below, after Kafka
  const kafka = options.bootstrap === undefined ? await startKafka({ progress }) : undefined;
  try {
    const bootstrap = kafka?.bootstrap ?? options.bootstrap ?? '';
    const template = await synthesized;
    let ok = true;
    for (const scenario of scenarios) {
      const place = { bootstrap, template, folder, ownBroker: kafka !== undefined, keep: options.keep === true };
      const ended = await playOne({ ...place, scenario }, output);
      ok &&= ended;
    }
    output.line('stand', `reports and evidence are in ${folder}`);
    if (kafka !== undefined && options.keep) await untilCtrlC(kafka, output);
    return ok;
  } finally {
    await kafka?.stop();
  }
}

/** A folder for reports. @throws SettingsError when it is not writable */
async function writableFolder(folder: string | undefined): Promise<string> {
  if (folder === undefined) return mkdtemp(join(tmpdir(), 'lag-demo-'));
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    throw new SettingsError([`--out ${JSON.stringify(folder)} is not a writable folder: ${messageOf(error)}`]);
  }
}

/** @throws KafkaUnreachableError */
async function mustAnswer(bootstrap: string): Promise<void> {
  const reader = await readerOf({ bootstrap, auth: 'plaintext', reader: 'batch', timeout: 10 });
  try {
    await reader.read({ groupIds: [] });
  } finally {
    await reader.close();
  }
}

interface PlayOne {
  readonly scenario: Scenario;
  readonly bootstrap: string;
  readonly template: unknown;
  readonly folder: string;
  readonly ownBroker: boolean;
  readonly keep: boolean;
}

async function playOne(
  { scenario, bootstrap, template, folder, ownBroker, keep }: PlayOne,
  output: Output,
): Promise<boolean> {
  output.heading(`Scenario ${scenario.id}: ${scenario.title}`, scenario.expectation);
  const narrator = new Narrator({ groupId: scenario.name, windowMs: WINDOW_MINUTES * SECONDS_PER_MINUTE * 1000 });
  const reader = await readerOf({ bootstrap, auth: 'plaintext', reader: 'batch', timeout: 10 });
  try {
    const outcome = await play({
      scenario,
      bootstrap,
      template,
      folder,
      timeScale: TIME_SCALE,
      clock: systemClock,
      cleanUp: !ownBroker && !keep,
      offsets: ownBroker ? reader : onlyGroup(reader, scenario.name),
      publisherTo: (write) => createEmfPublisher({ write }),
      onEvent: (event) => {
        for (const { kind, text } of narrator.linesFor(event)) output.line(kind, text);
      },
    });
    output.lines(outcomeLines(outcome));
    return outcome.ok;
  } finally {
    await reader.close();
  }
}

/** A name that no topic and group of a shared broker has. */
const renamed = (scenario: Scenario): Scenario => ({
  ...scenario,
  name: `${scenario.name}-${Date.now().toString(36)}`,
});

/** Leaves out other groups of a shared broker: the demo must not report on them. */
const onlyGroup = (reader: OffsetsReader, group: string): OffsetsReader => ({
  read: (request) => reader.read({ groupIds: [group], ...request }),
  close: () => reader.close(),
});

/** Never resolves: Ctrl-C ends the process and the broker. */
function untilCtrlC({ bootstrap }: KafkaStand, output: Output): Promise<never> {
  output.line(
    'stand',
    `the broker stays up at ${bootstrap} until Ctrl-C; its consumers have stopped. Try: npm run --silent lag -- describe --bootstrap ${bootstrap}`,
  );
  return new Promise(() => {});
}
