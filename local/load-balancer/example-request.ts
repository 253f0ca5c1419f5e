import type { ListenerRule } from './listener-rules.ts';

/** A path that a listener rule matches, and a host if the first rule needs one. */
export interface ExampleRequest {
  readonly path: string;
  readonly host: string | undefined;
}

/** A request that the first rule matches; `/api/anything` if that rule has no path condition. */
export function exampleRequest(rules: readonly ListenerRule[]): ExampleRequest {
  const [rule] = [...rules].sort((a, b) => a.priority - b.priority);
  const lastOf = (field: 'path-pattern' | 'host-header') =>
    rule?.conditions.find((condition) => condition.field === field)?.values.at(-1);
  const fill = (pattern: unknown) => String(pattern).replaceAll('*', 'anything').replaceAll('?', 'x');
  const host = lastOf('host-header');
  return {
    path: fill(lastOf('path-pattern') ?? '/api/*'),
    host: host === undefined ? undefined : fill(host),
  };
}
