import { descriptionOf, PARAMETER_NAMES } from '../../tools/parameter-versions.ts';
import type { PlaygroundStack } from './context.ts';
import type { Parameter, Put } from './contract.ts';
import { RejectedCall } from './rejected-call.ts';

type Stored = Pick<PlaygroundStack, 'deployment' | 'ssm'>;

/** All parameters with their current values, in the order of `PARAMETER_NAMES`. */
export function readParameters(stack: Stored): Parameter[] {
  return PARAMETER_NAMES.flatMap((name) => {
    const fullName = fullNameOf(stack, name);
    const stored = fullName === undefined ? undefined : read(stack, fullName);
    return fullName === undefined || stored === undefined
      ? []
      : [{ name, fullName, description: descriptionOf(name), ...stored }];
  });
}

/** The values of the parameters at the given versions; leaves out parameters that no longer have that version. */
export function valuesAt(
  stack: Stored,
  versions: Readonly<Record<string, number>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(versions).flatMap(([name, version]) => {
      const fullName = fullNameOf(stack, name);
      const stored = fullName === undefined ? undefined : read(stack, `${fullName}:${version}`);
      return stored === undefined ? [] : [[name, stored.value]];
    }),
  );
}

/** Puts a value through SSM's API, as the AWS CLI does. */
export async function putParameter(stack: Stored, name: string, value: string): Promise<Put> {
  const fullName = fullNameOf(stack, name);
  if (fullName === undefined) throw new RejectedCall(`There is no parameter "${name}".`);
  const response = await fetch(stack.ssm.origin, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.PutParameter' },
    body: JSON.stringify({ Name: fullName, Value: value, Overwrite: true }),
  });
  const body = (await response.json()) as { Version?: number; message?: string };
  if (body.Version === undefined) throw new RejectedCall(`SSM rejects the value: ${body.message}`);
  return { version: body.Version };
}

export const fullNameOf = ({ deployment }: Pick<Stored, 'deployment'>, name: string): string | undefined =>
  deployment.parameters.find((parameter) => parameter.name.endsWith(`/${name}`))?.name;

function read({ ssm }: Stored, name: string): { value: string; version: number } | undefined {
  try {
    const { Parameter } = ssm.execute('GetParameter', { Name: name }) as {
      Parameter: { Value: string; Version: number };
    };
    return { value: Parameter.Value, version: Parameter.Version };
  } catch {
    // It was deleted, or the version is so old that SSM no longer has it.
    return undefined;
  }
}
