/** Resources of a CloudFormation template. */
import { z } from 'zod';

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown().optional() })),
});

/** A resource as it stands in the template. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  /** `undefined` when it has none. */
  readonly properties: unknown;
}

/** The resources of a template, in its order. @throws Error when it is not a template */
export function resourcesOf(template: unknown): TemplateResource[] {
  const parsed = templateSchema.safeParse(template);
  if (!parsed.success) throw new Error(`this is not a CloudFormation template: ${parsed.error.message}`);
  return Object.entries(parsed.data.Resources).map(([logicalId, { Type, Properties }]) => ({
    logicalId,
    type: Type,
    properties: Properties,
  }));
}
