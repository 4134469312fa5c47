/** Something that went wrong without ending the work: part of the result, and shown to people. */
import { z } from 'zod';

/** Every kind of problem, by a stable id. */
export const PROBLEM_IDS = [
  'request-failed',
  'group-unreadable',
  'members-unknown',
  'nothing-read',
  'history-unread',
  'history-lost',
  'history-of-other-cluster',
  'history-too-short',
  'history-unsaved',
  'history-lost-race',
  'groups-unwatched',
  'alarm-shards-nearly-full',
] as const;

export const problemSchema = z.object({
  id: z.enum(PROBLEM_IDS),
  /** A sentence. Names in it come from Kafka: a renderer must not interpret them. */
  text: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;
