/** The service that runs a group's consumers, in ECS's own terms. */
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
 * What scaling changes: `desired-count`, or `min-capacity` where Application Auto Scaling owns the
 * desired count. Its policies then neither undo the change nor stop working.
 */
export const scalingLeverSchema = z.enum(['desired-count', 'min-capacity']);
export type ScalingLever = z.infer<typeof scalingLeverSchema>;

/** One reading of a service. Counts are tasks, from 0. */
export const serviceStatusSchema = z.object({
  id: serviceIdSchema,
  desired: z.number(),
  running: z.number(),
  pending: z.number(),
  /** A deployment is rolling out, so counts and members are changing. */
  deploymentInProgress: z.boolean(),
  /**
   * Why the service must not be scaled now (not ACTIVE, a daemon, failing tasks); absent when it
   * may.
   */
  refusal: z.string().exactOptional(),
  lever: scalingLeverSchema,
  /** Current value of the lever: the desired count, or MinCapacity. */
  leverValue: z.number(),
  /** The scalable target's MaxCapacity; absent without one. */
  maxCapacity: z.number().exactOptional(),
  /** IP addresses of the running tasks; unknown outside awsvpc networking. */
  taskAddresses: readingSchema(z.array(z.string()).readonly()),
  /** Mean over the running tasks in the last minutes, percent of a task's CPU or memory. */
  cpuPercent: readingSchema(z.number()),
  memoryPercent: readingSchema(z.number()),
});
export type ServiceStatus = Readonly<z.infer<typeof serviceStatusSchema>>;

/** A change of capacity that was made. */
export interface ScalingResult {
  readonly lever: ScalingLever;
  readonly from: number;
  readonly to: number;
}
