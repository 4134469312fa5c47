/** What the policies of a synthesized template allow. */
import type { Template } from 'aws-cdk-lib/assertions';
import { FUNCTION_METADATA } from '#core/runbook/messages.ts';

/** One statement of a policy. */
interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** One or many, as many. */
export const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
/** Actions of a statement. */
export const actionsOf = (statement: Statement): string[] => list(statement.Action);

/** Statements of all policies, of roles and of resources alike. */
export function statements(template: Template): Statement[] {
  const resources: Record<string, { Properties?: Record<string, unknown> }> = template.toJSON().Resources;
  return Object.values(resources).flatMap(({ Properties = {} }) => {
    const inline = (Properties.Policies ?? []) as { PolicyDocument: unknown }[];
    const documents = [Properties.PolicyDocument, ...inline.map((policy) => policy.PolicyDocument)];
    return documents.flatMap((document) => (document as { Statement?: Statement[] } | undefined)?.Statement ?? []);
  });
}

/** The function of a name, as it stands in the template. */
export const functionOf = (template: Template, name: string) =>
  Object.values(template.findResources('AWS::Lambda::Function')).find(
    (candidate) => candidate.Metadata?.[FUNCTION_METADATA] === name,
  );

/** Allowed statements of one function's role; resources as JSON. */
export function allowedTo(
  template: Template,
  functionName: string,
): { actions: string[]; resource: string; condition: string }[] {
  const fn = functionOf(template, functionName);
  const role = fn?.Properties.Role['Fn::GetAtt'][0];
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter((policy) => policy.Properties.Roles.some((candidate: { Ref: string }) => candidate.Ref === role))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement as Statement[])
    .filter((statement) => statement.Effect === 'Allow')
    .map((statement) => ({
      actions: actionsOf(statement),
      resource: JSON.stringify(statement.Resource),
      condition: JSON.stringify(statement.Condition ?? {}),
    }));
}

/** Every action that a function's role allows, whatever the resource. */
export const actionsAllowedTo = (template: Template, name: string): Set<string> =>
  new Set(allowedTo(template, name).flatMap(({ actions }) => actions));
