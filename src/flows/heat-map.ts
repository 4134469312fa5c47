/**
 * The custom widget of the dashboard: answers a dashboard with a heat map of one group, as of the
 * last poll.
 */
import { messageOf } from '#core/errors.ts';
import { thresholdsOf } from '#core/group/thresholds.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { isolationLevelOf, type Settings } from '#core/settings.ts';
import type { Ports } from '#core/world.ts';
import {
  groupInput,
  type MapContext,
  type MappedGroup,
  mappedGroup,
  mappedGroups,
} from '#render/heat-map/from-history.ts';
import { shownIncident } from '#render/heat-map/incident.ts';
import type { HeatMapInput } from '#render/heat-map/input.ts';
import { type Markup, markup } from '#render/heat-map/markup.ts';
import { type Choice, choices, message, ratioText, renderHeatMap } from '#render/heat-map/page.ts';
import { DESCRIPTION, parseRequest } from '#render/heat-map/params.ts';

/** Groups to choose from, beside the one that is shown. */
const MAX_CHOICES = 5;

type HeatMapWorld = Ports<'history' | 'state'>;

/** What a widget is answered. */
export interface WidgetAnswer {
  /** HTML, or Markdown where the widget was asked to describe itself. */
  readonly text: string;
  /** What it is, for the log. */
  readonly shown: 'description' | 'map' | 'message';
}

/**
 * Answers the event of a dashboard. What is wrong with the parameters, and what could not be found,
 * is in the answer.
 *
 * @param endpoint ARN of the function itself, which buttons in the answer call
 * @throws what the history store throws
 */
export async function heatMap(event: unknown, endpoint: string, world: HeatMapWorld): Promise<WidgetAnswer> {
  const request = parseRequest(event);
  if (request.kind === 'describe') return { text: DESCRIPTION, shown: 'description' };
  if (request.kind === 'wrong')
    return messageAnswer(message('The parameters of this widget are wrong', request.problems));
  const { settings } = world;
  const { history, lost } = await world.history.load();
  const newest = history.samples.at(-1);
  if (newest === undefined) return messageAnswer(noHistory(settings, lost));
  const context = contextOf(settings);
  const { group: asked } = request.params;
  const groups = asked === undefined ? mappedGroups(history, context) : [];
  const found = asked === undefined ? groups[0] : mappedGroup(history, asked, context);
  if (found === undefined) return messageAnswer(notFound(asked, mappedGroups(history, context), endpoint));
  const page = renderHeatMap(await inputFor(found, newest.atMs, world), request.view);
  const more = choices('Next:', groups.slice(1, 1 + MAX_CHOICES).map(choiceOf), endpoint);
  return { text: String(markup`${page}${more}`), shown: 'map' };
}

const contextOf = (settings: Settings): MapContext => ({
  thresholdsOf: thresholdsOf(settings),
  windowMs: settings.timing.rateWindowSeconds * 1_000,
});

const messageAnswer = (text: Markup): WidgetAnswer => ({ text: String(text), shown: 'message' });

const choiceOf = ({ sample, view: { ratio } }: MappedGroup): Choice => ({
  groupId: sample.groupId,
  hint: ratio.kind === 'known' ? ratioText(ratio.value) : 'nothing is known of its lag',
});

function noHistory({ clusterName }: Settings, lost: string | undefined): Markup {
  const why = lost ?? 'no poll has stored a reading';
  return message(`There is no history of ${clusterName} yet`, [
    `${why}; the next poll stores one. If this stays, read the newest log lines of the poll function.`,
  ]);
}

function notFound(group: string | undefined, groups: readonly MappedGroup[], endpoint: string): Markup {
  if (group === undefined)
    return message('The last poll read no consumer group', [
      'The coverage alarm reports groups that could not be read.',
    ]);
  const text = message(`The last poll read no group named ${group}`, [
    'A name must be exact. A group that could not be read, or has no committed offsets, is not in the history.',
  ]);
  return markup`${text}${choices('Groups it read:', groups.slice(0, MAX_CHOICES).map(choiceOf), endpoint)}`;
}

async function inputFor(group: MappedGroup, atMs: number, world: HeatMapWorld): Promise<HeatMapInput> {
  const { settings, clock } = world;
  const { groupId } = group.sample;
  const isCommitted = isolationLevelOf(settings)(groupId) === 'read_committed';
  return {
    ...groupInput(group),
    clusterName: settings.clusterName,
    atMs,
    nowMs: clock.nowMs(),
    pollIntervalMs: settings.timing.pollIntervalSeconds * 1_000,
    incident: await incidentOf(groupId, world),
    notes: isCommitted
      ? [
          'lag is counted to the end of the log, though the group reads committed records only: the metrics may be lower',
        ]
      : [],
  };
}

async function incidentOf(groupId: string, { settings, state }: HeatMapWorld): Promise<HeatMapInput['incident']> {
  const { stateMachineArn, historyBucket } = settings;
  const place =
    stateMachineArn === undefined || historyBucket === undefined
      ? undefined
      : { stateMachineArn, bucket: historyBucket };
  try {
    const incident = await state.loadIncident(groupId);
    return incident === undefined ? absent : known(shownIncident(incident, place));
  } catch (error) {
    // The map is worth showing without it.
    return unknown(messageOf(error));
  }
}
