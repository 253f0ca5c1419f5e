import { shellWord } from '../../tools/shell-word.ts';
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

/** The address outputs of a deployed stack. If the rules need a host, the URL has only the load balancer's own name, and the command has both. */
export function addressOutputs(
  loadBalancer: string,
  { path, host }: ExampleRequest,
): Readonly<Record<string, string>> {
  const outputs = { Url: loadBalancer + path };
  if (host === undefined) return outputs;
  const { hostname, port } = new URL(loadBalancer);
  const through = `--connect-to ${host}:${port}:${hostname}:${port}`;
  return { ...outputs, Try: `curl -i ${through} ${shellWord(`http://${host}:${port}${path}`)}` };
}
