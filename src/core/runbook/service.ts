/** The consumer service that a group runs in, as its scaler sees it: ECS's own words. */
import { z } from 'zod';
import { readingSchema } from '#core/kafka/reading.ts';

/** An ECS service by cluster and name. */
export const serviceIdSchema = z.object({
  /** ECS cluster name. */
  cluster: z.string(),
  service: z.string(),
});
export type ServiceId = Readonly<z.infer<typeof serviceIdSchema>>;

/** `cluster/service`: unique per account and Region; used in keys and texts. */
export const serviceName = (id: ServiceId): string => `${id.cluster}/${id.service}`;

/**
 * What is turned to scale: `desired-count`, or `min-capacity` where Application Auto Scaling owns the desired count,
 * so that its policies neither undo the change nor are switched off by it.
 */
export const scalingLeverSchema = z.enum(['desired-count', 'min-capacity']);
export type ScalingLever = z.infer<typeof scalingLeverSchema>;

/** One reading of a service. Counts are tasks, from 0. */
export const serviceStatusSchema = z.object({
  id: serviceIdSchema,
  desired: z.number(),
  running: z.number(),
  pending: z.number(),
  /** A deployment is rolling out, so counts and members are in motion. */
  deploymentInProgress: z.boolean(),
  /** Why the service may not be scaled now, if so (not ACTIVE, a daemon, tasks that fail to start); absent when it may. */
  refusal: z.string().exactOptional(),
  lever: scalingLeverSchema,
  /** Value of the lever now: the desired count, or MinCapacity. */
  leverValue: z.number(),
  /** The scalable target's MaxCapacity; absent without one. */
  maxCapacity: z.number().exactOptional(),
  /** IP addresses of the running tasks; unknown outside awsvpc networking. */
  taskAddresses: readingSchema(z.array(z.string()).readonly()),
  /** Mean over the running tasks in the last minutes, percent of what a task was given. */
  cpuPercent: readingSchema(z.number()),
  memoryPercent: readingSchema(z.number()),
});
export type ServiceStatus = Readonly<z.infer<typeof serviceStatusSchema>>;

/** What a change of capacity did. */
export interface ScalingResult {
  readonly lever: ScalingLever;
  readonly from: number;
  readonly to: number;
}
