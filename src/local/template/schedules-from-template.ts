/** The schedules of a synthesized template: which function is called how often. */
import { z } from 'zod';
import { FUNCTION_METADATA } from '#core/runbook/messages.ts';

const scheduleSchema = z.looseObject({
  ScheduleExpression: z.string(),
  State: z.literal('ENABLED').default('ENABLED'),
  Target: z.looseObject({ Arn: z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }) }),
});
const resourceSchema = z.looseObject({
  Type: z.string(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  Properties: z.unknown().optional(),
});
const templateSchema = z.looseObject({ Resources: z.record(z.string(), resourceSchema) });

const UNIT_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };

/**
 * Seconds between two calls of each function that is on a schedule, by function name.
 *
 * @throws Error on what is not understood
 */
export function schedulesFromTemplate(template: unknown): ReadonlyMap<string, number> {
  const { Resources } = templateSchema.parse(template);
  const schedules = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Scheduler::Schedule');
  return new Map(
    schedules.map(([logicalId, { Properties }]) => {
      const { ScheduleExpression, Target } = scheduleSchema.parse(Properties);
      const name = Resources[Target.Arn['Fn::GetAtt'][0]]?.Metadata?.[FUNCTION_METADATA];
      const [, count, unit = ''] = /^rate\((\d+) ([a-z]+?)s?\)$/.exec(ScheduleExpression) ?? [];
      const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
      if (typeof name === 'string' && seconds > 0) return [name, seconds];
      throw new Error(`schedule ${logicalId} of the template is not understood: ${ScheduleExpression} of ${name}`);
    }),
  );
}
