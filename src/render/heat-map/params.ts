/** The request that a dashboard sends to the heat map, and the widget's description. */
import { z } from 'zod';
import { describeIssues } from '#core/text/issues.ts';
import type { HeatMapView } from './input.ts';

/** Accepted width of a widget in pixels, and the room left free at its edges. */
const WIDTH = { least: 200, most: 2_000, usual: 600, edges: 24 } as const;

/** The widget's own parameters. */
const paramsSchema = z.strictObject({
  /** Exact group id. Absent: the group that is worst now. */
  group: z.string().min(1).max(32_767).exactOptional(),
  /** Rows of the table of the worst partitions. */
  rows: z.number().int().min(1).max(50).default(10),
});
type HeatMapParams = z.infer<typeof paramsSchema>;

/**
 * What CloudWatch sends about the widget. Invalid values are replaced: they affect appearance only.
 */
const contextSchema = z.object({
  theme: z.enum(['light', 'dark']).catch('light'),
  width: z.number().catch(WIDTH.usual),
});

/** A request for the description, for a map, or one with problems. */
export type HeatMapRequest =
  | { readonly kind: 'describe' }
  | { readonly kind: 'draw'; readonly params: HeatMapParams; readonly view: HeatMapView }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** Reads the event that a dashboard sends. Never throws: the dashboard shows the problems. */
export function parseRequest(event: unknown): HeatMapRequest {
  const object = z.record(z.string(), z.unknown()).safeParse(event ?? {});
  if (!object.success) return { kind: 'wrong', problems: ['the parameters must be an object, as group: NAME'] };
  const { describe, widgetContext, ...asked } = object.data;
  if (describe === true) return { kind: 'describe' };
  const params = paramsSchema.safeParse(asked);
  if (!params.success) return { kind: 'wrong', problems: describeIssues(params.error, asked) };
  const context = contextSchema.safeParse(widgetContext ?? {});
  const { theme, width } = context.success ? context.data : { theme: 'light' as const, width: WIDTH.usual };
  const view = {
    theme,
    width: Math.min(WIDTH.most, Math.max(WIDTH.least, width - WIDTH.edges)),
    rows: params.data.rows,
  };
  return { kind: 'draw', params: params.data, view };
}

/** The widget's description, as Markdown. */
export const DESCRIPTION = `## Lag per partition

A heat map of the lag of one consumer group at the last poll. It shows each partition with its owner and the age of its
oldest unread record, a table of the worst partitions, and the group's newest incident. What could not be read is unknown.

### Widget parameters

Param | Description
---|---
**group** | Exact id of a consumer group. Default: the group that is worst now
**rows** | Rows in the table of the worst partitions, 1 to 50. Default: 10

### Example parameters

\`\`\` yaml
group: orders-consumer
rows: 10
\`\`\`
`;
