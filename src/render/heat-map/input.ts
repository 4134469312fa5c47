/** What a heat map shows: one group at one poll. */

import type { LagRatio } from '#core/group/lag-ratio.ts';
import type { RecordAge, TopicPartition } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';

/** One partition of the group. */
export interface HeatMapPartition extends TopicPartition {
  /** Records. Absent without a commit. */
  readonly lag: Reading<number>;
  /** Of the oldest unread record, at the time of the reading. */
  readonly age: Reading<RecordAge>;
  /** The member that owns it, for people. Absent when nobody does. */
  readonly owner: Reading<string>;
}

/** A link for people; the address is made from checked parts. */
export interface HeatMapLink {
  readonly text: string;
  readonly href: string;
}

/** The newest incident of the group. */
export interface HeatMapIncident {
  readonly status: 'open' | 'closed';
  readonly openedAtMs: number;
  /** How its newest run ended, or what was done about one that died; absent while a run goes on. */
  readonly outcome?: string;
  /** Its report, its objects, its run, as far as there are any. */
  readonly links: readonly HeatMapLink[];
}

/** One group at its newest poll. */
export interface HeatMapInput {
  readonly clusterName: string;
  readonly groupId: string;
  /** Kafka's group state. */
  readonly state: Reading<string>;
  /** How many there are. */
  readonly members: Reading<number>;
  /** In order of topic and partition. */
  readonly partitions: readonly HeatMapPartition[];
  /** Share of the partitions expected that was measured, 0 to 1. */
  readonly coverage: Reading<number>;
  /** How far behind its thresholds the group is; unknown where nothing of that is known. */
  readonly ratio: Reading<LagRatio>;
  /** When the ends of logs were asked, epoch ms. */
  readonly atMs: number;
  readonly nowMs: number;
  /** Between two polls, for what is old. */
  readonly pollIntervalMs: number;
  /** Absent when there was none; unknown when it could not be read. */
  readonly incident: Reading<HeatMapIncident>;
  /** What a reader has to know beside the numbers. */
  readonly notes: readonly string[];
}

/** How it is to be drawn. */
export interface HeatMapView {
  readonly theme: 'light' | 'dark';
  /** Width of the widget in pixels. */
  readonly width: number;
  /** Rows of the table of the worst partitions. */
  readonly rows: number;
}
