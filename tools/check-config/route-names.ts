import { stepsOf } from '../../lambda/core/config/paths.ts';
import type { PolicyDocument, RouteDocument } from '../../lambda/core/config/policy-schema.ts';
import { parseRoute } from '../../lambda/core/config/routes.ts';
import { wholePolicy } from '../../lambda/core/config/sound-policy.ts';
import { DEFAULT_PROVIDER, type Provider } from '../../lambda/core/provider.ts';
import type { RouteRule } from '../../lambda/core/routes/match.ts';

/** A route in words: its methods and pattern, and the MCP messages that it is for. */
export const routeName = ({ methods, path, mcp }: RouteDocument): string =>
  `${methods === undefined ? '' : `${methods.join(', ')} `}${path}${mcp === undefined ? '' : ` for ${messagesOf(mcp)}`}`;

const messagesOf = ({ method = '*', name }: NonNullable<RouteDocument['mcp']>): string =>
  name === undefined ? method : `${method} ${name}`;

/** A route by its place in the policy and its name. */
export const placedName = (route: RouteDocument, index: number): string =>
  `routes.${index} (${routeName(route)})`;

/** The routes of a valid policy, with their methods and paths. */
export function rulesOf(policy: PolicyDocument, providers: readonly Provider[]): RouteRule[] {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const context = {
    providers: byName,
    areAllKnown: true,
    hasDefault: byName.has(DEFAULT_PROVIDER),
    policy,
    steps: stepsOf(wholePolicy(policy)),
  };
  return (policy.routes ?? []).flatMap((route, index) => {
    const rule = parseRoute(route, index, context);
    return 'value' in rule ? rule.value : [];
  });
}
