/**
 * The state machine of a synthesized template as plain ASL, so that what is executed here is what
 * will be deployed. A function of CloudFormation that is not needed for that is an error.
 */
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { z } from 'zod';
import { FUNCTION_METADATA } from '#core/runbook/messages.ts';

/** A runbook that can be executed. */
export interface RunbookDefinition {
  /** Each Task's Resource is the ARN that its function would have in the account 000000000000. */
  readonly definition: StateMachineDefinition;
  /** Name of the function behind each Task state: `Observe` → `observe`. */
  readonly functionOfState: Readonly<Record<string, string>>;
}

/** What references stand for here. */
const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '000000000000',
};
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  Properties: z.record(z.string(), z.unknown()).optional(),
});
const templateSchema = z.looseObject({ Resources: z.record(z.string(), resourceSchema) });
type Resources = z.infer<typeof templateSchema>['Resources'];

/**
 * The only state machine of a template.
 *
 * @throws Error when there is none or more than one, or something in it is not understood
 */
export function definitionFromTemplate(template: unknown): RunbookDefinition {
  const { Resources } = templateSchema.parse(template);
  const machines = Object.values(Resources).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  const [machine] = machines;
  if (machine === undefined || machines.length > 1) {
    throw new Error(`the template has ${machines.length} state machines; exactly one is needed`);
  }
  const text = resolve(machine.Properties?.DefinitionString, Resources);
  const definition = JSON.parse(text) as StateMachineDefinition;
  const functions = Object.entries(definition.States).flatMap(([name, state]) =>
    state.Type === 'Task' ? [[name, functionOf(name, state.Resource, Resources)] as const] : [],
  );
  return { definition, functionOfState: Object.fromEntries(functions) };
}

function functionOf(state: string, arn: string, resources: Resources): string {
  const logicalId = arn.startsWith(FUNCTION_ARN) ? arn.slice(FUNCTION_ARN.length) : undefined;
  const name = logicalId === undefined ? undefined : resources[logicalId]?.Metadata?.[FUNCTION_METADATA];
  if (typeof name === 'string') return name;
  throw new Error(
    `state ${state} calls ${arn}, which is no function of the template with the metadata ${FUNCTION_METADATA}`,
  );
}

function resolve(value: unknown, resources: Resources): string {
  if (typeof value === 'string') return value;
  const [entry, ...more] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entry === undefined || more.length > 0) throw refuse(value);
  const [name, operand] = entry;
  switch (name) {
    case 'Fn::Join': {
      const [separator, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(operand);
      return parts.map((part) => resolve(part, resources)).join(separator);
    }
    case 'Fn::Sub':
      // ${!Name} is the text ${Name}.
      return z
        .string()
        .parse(operand)
        .replace(/\$\{([^}]+)\}/g, (_, key: string) =>
          key.startsWith('!') ? `\${${key.slice(1)}}` : named(key, resources),
        );
    case 'Fn::GetAtt':
      return named(z.tuple([z.string(), z.string()]).parse(operand).join('.'), resources);
    case 'Ref':
      return named(z.string().parse(operand), resources);
    default:
      throw refuse(value);
  }
}

/** A pseudo parameter, the name of a function (`Id`), or its ARN (`Id.Arn`). */
function named(key: string, resources: Resources): string {
  const pseudo = PSEUDO_PARAMETERS[key];
  if (pseudo !== undefined) return pseudo;
  const [logicalId = '', attribute] = key.split('.', 2);
  const isFunction = resources[logicalId]?.Type === 'AWS::Lambda::Function';
  if (!isFunction || (attribute !== undefined && attribute !== 'Arn')) throw refuse(key);
  return attribute === undefined ? logicalId : `${FUNCTION_ARN}${logicalId}`;
}

const refuse = (value: unknown): Error =>
  new Error(`the definition of the state machine holds ${JSON.stringify(value)}, which is not understood`);
