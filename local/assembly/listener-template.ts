import type { Action, Condition } from '../load-balancer/listener-rules.ts';

/** The resolved properties of a resource. */
export type Properties = Readonly<Record<string, unknown>>;

/** Reads a condition of an `AWS::ElasticLoadBalancingV2::ListenerRule`. */
export function readCondition(condition: Properties): Condition {
  const config = (name: string) => (condition[name] ?? {}) as Properties;
  const values = (from: Properties) => strings(from.Values ?? condition.Values);
  switch (condition.Field) {
    case 'path-pattern':
      return { field: 'path-pattern', ...patterns(config('PathPatternConfig'), values) };
    case 'host-header':
      return { field: 'host-header', ...patterns(config('HostHeaderConfig'), values) };
    case 'http-header': {
      const header = config('HttpHeaderConfig');
      return { field: 'http-header', name: String(header.HttpHeaderName), ...patterns(header, values) };
    }
    case 'http-request-method':
      return { field: 'http-request-method', values: values(config('HttpRequestMethodConfig')) };
    case 'source-ip':
      return { field: 'source-ip', values: values(config('SourceIpConfig')) };
    case 'query-string': {
      const pairs = config('QueryStringConfig').Values;
      return {
        field: 'query-string',
        values: (Array.isArray(pairs) ? (pairs as Properties[]) : []).map(({ Key, Value }) => ({
          key: Key === undefined ? undefined : String(Key),
          value: String(Value),
        })),
      };
    }
    default:
      throw new Error(`The local load balancer does not know the condition "${String(condition.Field)}".`);
  }
}

function patterns(config: Properties, values: (from: Properties) => string[]) {
  return { values: values(config), regex: strings(config.RegexValues) };
}

/** Reads the actions of a listener or a rule; the local load balancer supports a single action, which routes. */
export function readAction(actions: readonly Properties[]): Action {
  const [action, ...further] = actions;
  if (!action || further.length > 0) {
    const types = actions.map(({ Type }) => String(Type)).join(', ');
    throw new Error(`The local load balancer supports one action per rule, not ${types || 'none'}.`);
  }
  switch (action.Type) {
    case 'forward':
      return { type: 'forward', targetGroup: forwardTargetGroup(action) };
    case 'fixed-response': {
      const config = (action.FixedResponseConfig ?? {}) as Properties;
      return {
        type: 'fixed-response',
        statusCode: Number(config.StatusCode),
        contentType: optional(config.ContentType),
        body: optional(config.MessageBody),
      };
    }
    case 'redirect': {
      const config = (action.RedirectConfig ?? {}) as Properties;
      return {
        type: 'redirect',
        statusCode: config.StatusCode === 'HTTP_301' ? 301 : 302,
        protocol: optional(config.Protocol) ?? '#{protocol}',
        host: optional(config.Host) ?? '#{host}',
        port: optional(config.Port) ?? '#{port}',
        path: optional(config.Path) ?? '/#{path}',
        query: optional(config.Query) ?? '#{query}',
      };
    }
    default:
      throw new Error(`The local load balancer does not know the action "${String(action.Type)}".`);
  }
}

function forwardTargetGroup(action: Properties): string {
  if (action.TargetGroupArn !== undefined) return String(action.TargetGroupArn);
  const groups = (action.ForwardConfig as Properties | undefined)?.TargetGroups;
  const [group, ...further] = Array.isArray(groups) ? (groups as Properties[]) : [];
  if (!group || further.length > 0)
    throw new Error('The local load balancer forwards to one target group only.');
  return String(group.TargetGroupArn);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function optional(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
