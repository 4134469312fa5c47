/** The data of a heat map: one group at one poll. */

import type { LagRatio } from '#core/group/lag-ratio.ts';
import type { RecordAge, TopicPartition } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';

/** One partition of the group. */
export interface HeatMapPartition extends TopicPartition {
  /** Records. Absent: no commit. */
  readonly lag: Reading<number>;
  /** Age of the oldest unread record when it was read. */
  readonly age: Reading<RecordAge>;
  /** The member that owns it, for people. Absent: no owner. */
  readonly owner: Reading<string>;
}

/** A link. Its address is made from checked parts. */
export interface HeatMapLink {
  readonly text: string;
  readonly href: string;
}

/** The newest incident of the group. */
export interface HeatMapIncident {
  readonly status: 'open' | 'closed';
  readonly openedAtMs: number;
  /** How its newest run ended, or what was done after a run died. Absent: a run goes on. */
  readonly outcome?: string;
  /** To its run and its report, as far as they exist. */
  readonly links: readonly HeatMapLink[];
}

/** One group at its newest poll. */
export interface HeatMapInput {
  readonly clusterName: string;
  readonly groupId: string;
  /** Kafka's group state. */
  readonly state: Reading<string>;
  /** Count. */
  readonly members: Reading<number>;
  /** In order of topic and partition. */
  readonly partitions: readonly HeatMapPartition[];
  /** Measured share of the expected partitions, 0 to 1. */
  readonly coverage: Reading<number>;
  /** How far behind its thresholds the group is. */
  readonly ratio: Reading<LagRatio>;
  /** When the log ends were read, epoch ms. */
  readonly atMs: number;
  readonly nowMs: number;
  /** Between two polls; decides when a reading is old. */
  readonly pollIntervalMs: number;
  /** Absent: there was none. Unknown: it could not be read. */
  readonly incident: Reading<HeatMapIncident>;
  /** Remarks for the reader beside the numbers. */
  readonly notes: readonly string[];
}

/** How to draw it. */
export interface HeatMapView {
  readonly theme: 'light' | 'dark';
  /** Width of the widget in pixels. */
  readonly width: number;
  /** Most rows of the table of the worst partitions. */
  readonly rows: number;
}
