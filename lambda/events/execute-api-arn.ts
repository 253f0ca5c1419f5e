import type { Kind } from './shape.ts';

/**
 * ARN of the method or route that is called: `arn:PARTITION:execute-api:REGION:ACCOUNT:API/STAGE/`, then
 * `METHOD/PATH` or the key of a route.
 */
export interface ExecuteApiArn {
  readonly text: string;
  readonly apiId: string;
  readonly stage: string;
  /** The method and the path that it names; undefined for `$default` and `$connect`, which are route keys. */
  readonly named: { readonly method: string; readonly path: string } | undefined;
}

/** Stops after the method, so that a long path costs nothing. */
const ARN =
  /^arn:aws(?:-[a-z]+)*:execute-api:[a-z0-9-]+:\d{12}:([a-z0-9]+)\/([A-Za-z0-9_-]+|\$default)\/(?:([A-Z]+)(?=\/))?/;

export const arn: Kind<string> = {
  is: (value): value is string => typeof value === 'string' && ARN.test(value),
  wording: 'the ARN of a method or a route of execute-api',
};

/** Parses a text of the kind above. */
export function parseArn(value: string): ExecuteApiArn {
  const [head = '', apiId = '', stage = '', method] = ARN.exec(value) ?? [];
  const named = method === undefined ? undefined : { method, path: value.slice(head.length) };
  return { text: value, apiId, stage, named };
}
