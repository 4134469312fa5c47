/** What a dashboard may ask of the heat map, and what it says of itself. */
import { z } from 'zod';
import { describeIssues } from '#core/text/issues.ts';
import type { HeatMapView } from './input.ts';

/** Pixels: of what a widget may be said to be wide, and what is left free at its edges. */
const WIDTH = { least: 200, most: 2_000, usual: 600, edges: 24 } as const;

/** The widget's own parameters. */
const paramsSchema = z.strictObject({
  /** Exact group id; absent: the worst group now. */
  group: z.string().min(1).max(32_767).exactOptional(),
  /** Rows of the table of the worst partitions. */
  rows: z.number().int().min(1).max(50).default(10),
});
type HeatMapParams = z.infer<typeof paramsSchema>;

/** What CloudWatch says of the widget, beside its parameters. Whatever does not fit is replaced: it decides about looks alone. */
const contextSchema = z.object({
  theme: z.enum(['light', 'dark']).catch('light'),
  width: z.number().catch(WIDTH.usual),
});

/** A request: what the widget says of itself (`describe`), a map, or what is wrong with what was asked. */
export type HeatMapRequest =
  | { readonly kind: 'describe' }
  | { readonly kind: 'draw'; readonly params: HeatMapParams; readonly view: HeatMapView }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** Reads the event that a dashboard sends. Never throws: problems are for the person in front of the dashboard. */
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

/** What the widget says of itself, as Markdown. */
export const DESCRIPTION = `## Lag per partition

A heat map of the lag of one consumer group, as of the last poll: each partition with its owner and the age of its oldest unread
record, the worst partitions as a table, and the newest incident of the group. What could not be read is shown as unknown.

### Widget parameters

Param | Description
---|---
**group** | Exact id of a consumer group; left out: the worst group now
**rows** | Rows of the table of the worst partitions, 1 to 50; 10 when left out

### Example parameters

\`\`\` yaml
group: orders-consumer
rows: 10
\`\`\`
`;
