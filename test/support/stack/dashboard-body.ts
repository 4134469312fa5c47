/** The body of the dashboard that a template declares. */
import type { Template } from 'aws-cdk-lib/assertions';

export interface Widget {
  readonly type: string;
  readonly width: number;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
    readonly params?: unknown;
    readonly endpoint?: string;
  };
}

/** The body of the dashboard; what is known at deployment only reads as the logical id. */
export function bodyOf(template: Template): { widgets: Widget[]; periodOverride: string } {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const parts: (string | { Ref?: string; 'Fn::GetAtt'?: string[] })[] =
    dashboard?.Properties.DashboardBody['Fn::Join'][1];
  return JSON.parse(
    parts.map((part) => (typeof part === 'string' ? part : (part.Ref ?? part['Fn::GetAtt']?.[0]))).join(''),
  );
}
