import { BlockList, isIPv6 } from 'node:net';
import { queryPairs } from './query-string.ts';
import { compileWildcard } from './wildcard.ts';

/** A condition of a listener rule; it holds if any of its values matches. */
export type Condition =
  | { readonly field: 'path-pattern'; readonly values: readonly string[]; readonly regex?: readonly string[] }
  | { readonly field: 'host-header'; readonly values: readonly string[]; readonly regex?: readonly string[] }
  | {
      readonly field: 'http-header';
      readonly name: string;
      readonly values: readonly string[];
      readonly regex?: readonly string[];
    }
  | { readonly field: 'http-request-method'; readonly values: readonly string[] }
  | {
      readonly field: 'query-string';
      readonly values: readonly { readonly key?: string | undefined; readonly value: string }[];
    }
  | { readonly field: 'source-ip'; readonly values: readonly string[] };

/** What a listener does with a request. */
export type Action =
  | { readonly type: 'forward'; readonly targetGroup: string }
  | {
      readonly type: 'fixed-response';
      readonly statusCode: number;
      readonly contentType?: string | undefined;
      readonly body?: string | undefined;
    }
  | {
      readonly type: 'redirect';
      readonly statusCode: 301 | 302;
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
    };

export interface ListenerRule {
  readonly priority: number;
  readonly conditions: readonly Condition[];
  readonly action: Action;
}

/** The parts of a request that conditions look at. */
export interface RoutedRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly sourceIp: string;
}

/**
 * Compiles the rules of a listener. The returned function gives the action for a request: that of the
 * matching rule with the lowest priority number, or else the default action.
 */
export function compileRules(
  rules: readonly ListenerRule[],
  defaultAction: Action,
): (request: RoutedRequest) => Action {
  const compiled = [...rules]
    .sort((a, b) => a.priority - b.priority)
    .map(({ conditions, action }) => ({ conditions: conditions.map(compileCondition), action }));
  return (request) =>
    compiled.find(({ conditions }) => conditions.every((holds) => holds(request)))?.action ?? defaultAction;
}

function compileCondition(condition: Condition): (request: RoutedRequest) => boolean {
  switch (condition.field) {
    case 'path-pattern': {
      const matches = anyPattern(condition, true);
      return ({ path }) => matches(path);
    }
    case 'host-header': {
      const matches = anyPattern(condition, false);
      return (request) => headerValues(request, 'host').some((host) => matches(host.replace(/:\d+$/, '')));
    }
    case 'http-header': {
      const matches = anyPattern(condition, false);
      return (request) => headerValues(request, condition.name).some(matches);
    }
    case 'http-request-method':
      return ({ method }) => condition.values.includes(method);
    case 'query-string': {
      const wanted = condition.values.map(({ key, value }) => ({
        key: key === undefined ? undefined : compileWildcard(key, false),
        value: compileWildcard(value, false),
      }));
      return ({ query }) =>
        queryPairs(query).some(([name, text]) =>
          wanted.some(({ key, value }) => (key?.test(name) ?? true) && value.test(text)),
        );
    }
    case 'source-ip': {
      const ranges = new BlockList();
      for (const range of condition.values) {
        const [address = '', prefix = ''] = range.split('/');
        ranges.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4');
      }
      return ({ sourceIp }) => ranges.check(sourceIp, isIPv6(sourceIp) ? 'ipv6' : 'ipv4');
    }
  }
}

function anyPattern(
  { values, regex }: { readonly values: readonly string[]; readonly regex?: readonly string[] },
  caseSensitive: boolean,
): (text: string) => boolean {
  const patterns = [
    ...values.map((value) => compileWildcard(value, caseSensitive)),
    ...(regex ?? []).map((source) => new RegExp(`^(?:${source})$`, caseSensitive ? '' : 'i')),
  ];
  return (text) => patterns.some((pattern) => pattern.test(text));
}

function headerValues({ headers }: RoutedRequest, wanted: string): string[] {
  const name = wanted.toLowerCase();
  return headers.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value);
}

/**
 * The URL that a redirect action leads to. `#{protocol}`, `#{host}`, `#{port}`, `#{path}` (without its leading slash)
 * and `#{query}` stand for the request's own parts.
 */
export function redirectLocation(
  action: Extract<Action, { type: 'redirect' }>,
  request: RoutedRequest & { readonly port: number },
): string {
  const host = headerValues(request, 'host')[0]?.replace(/:\d+$/, '') ?? 'localhost';
  const parts: Record<string, string> = {
    protocol: 'HTTP',
    host,
    port: String(request.port),
    path: request.path.replace(/^\//, ''),
    query: request.query,
  };
  const fill = (text: string) => text.replace(/#\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
  const query = fill(action.query);
  const target = `${fill(action.host)}:${fill(action.port)}${fill(action.path)}${query && `?${query}`}`;
  return `${fill(action.protocol).toLowerCase()}://${target}`;
}
