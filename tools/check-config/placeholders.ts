import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';
import { DEFAULT_PROVIDER, hasKeySet } from '../../lambda/core/provider.ts';
import { placedRules } from './placed-rules.ts';

/** Placeholders that somebody still has to fill in. Values are compared literally, so a placeholder matches nothing. */
const PLACEHOLDERS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\{[^}]*\}/, 'a name in braces'],
  [/<[^>]*>/, 'a name in angle brackets'],
  [/\[[A-Za-z][A-Za-z _-]*\]/, 'a name in brackets'],
  [
    /\byour(?:[-_]|[a-z]*(?:account|app|audience|client|company|domain|host|id|org|pool|project|team|tenant)\b)/i,
    '"YOUR-…"',
  ],
  [/\b(?:(?:CHANGE|REPLACE)[-_]?(?:ME|THIS)|x{3,})\b/i, 'a text to be replaced'],
  [/\b(?:TODO|FIXME)\b/, 'a text to be replaced'],
  [/\$[A-Za-z_]+\b|%[A-Z_]+%/, "a shell's variable"],
  [/\b0{8}-0{4}-0{4}-0{4}-0{12}\b/, 'an id of zeros'],
];

/** Permissions may have such names too, so they count only where the name of an application or a place belongs. */
const CAPITALS = /\b(?:[A-Z]+_)+(?:ID|NAME|DOMAIN|HOST)\b/;

/** Claims that say whose token it is, by the last part of their name. People expect `*` to be a wildcard in these. */
const IDENTITIES =
  /(?:^|\/)(?:sub|email|upn|iss|hd|azp|client_id|repository|ref|workflow_ref|job_workflow_ref)$/;

/** Members of providers that hold a name or an address. */
const MEMBERS = [
  ...['issuer', 'audience', 'jwksUri', 'trustDomain'],
  ...['instanceArn', 'loadBalancerArn', 'clientId', 'keysUrl'],
];

interface Placed extends Pick<Warning, 'parameter'> {
  readonly place: string;
  readonly values: readonly string[];
  /** What else to look for in them. */
  readonly also: readonly (readonly [pattern: RegExp, what: string])[];
}

const IN_CAPITALS = [[CAPITALS, 'a name in capitals']] as const;
/** Entra's issuer for several tenants is a template, and people take other issuers for patterns. */
const ANYTHING = [[/\*/, '"*"']] as const;
const NAMES = [...IN_CAPITALS, ...ANYTHING];

/** Values that are still placeholders from an example or a template. */
export const placeholderWarnings = (policy: PolicyDocument, config: Config): Warning[] =>
  [...ofParameters(config), ...ofPolicyMembers(policy)].flatMap(({ parameter, place, values, also }) => {
    const [, what] =
      [...PLACEHOLDERS, ...also].find(([pattern]) => values.some((value) => pattern.test(value))) ?? [];
    if (what === undefined) return [];
    const where = place === '' ? '' : `${place}: `;
    return {
      kind: 'placeholder',
      parameter,
      message: `${where}has ${what}, which stands for nothing here: write the exact value`,
    };
  });

function ofParameters({ providers, upstream }: Config): Placed[] {
  const own = providers.find(({ name }) => name === DEFAULT_PROVIDER);
  const provider = own !== undefined && hasKeySet(own) ? own : undefined;
  const { issuers = [], audience = [] } = provider ?? {};
  return [
    { parameter: 'issuer', place: '', values: issuers, also: NAMES },
    { parameter: 'audience', place: '', values: audience ?? [], also: NAMES },
    {
      parameter: 'upstream',
      place: '',
      values: upstream.kind === 'origin' ? [upstream.origin.href] : [],
      also: IN_CAPITALS,
    },
  ];
}

function ofPolicyMembers(policy: PolicyDocument): Placed[] {
  const { providers = {}, routes = [], resources = [], publicOrigins, cors } = policy;
  const placed = (place: string, value: unknown, also: Placed['also'] = []): Placed => ({
    parameter: 'policy',
    place,
    values: [value].flat().filter((one): one is string => typeof one === 'string'),
    also,
  });
  return [
    placed('publicOrigins', publicOrigins),
    placed('cors.origins', cors?.origins),
    ...Object.entries(providers).flatMap(([name, provider]) =>
      Object.entries(provider)
        .filter(([member]) => MEMBERS.includes(member))
        .map(([member, value]) =>
          placed(
            `providers.${name}.${member}`,
            value,
            ['issuer', 'audience'].includes(member) ? NAMES : IN_CAPITALS,
          ),
        ),
    ),
    ...routes.map(({ upstream }, index) => placed(`routes.${index}.upstream`, upstream, IN_CAPITALS)),
    ...resources.flatMap(({ resource, authorizationServers }, index) => [
      placed(`resources.${index}.resource`, resource, IN_CAPITALS),
      placed(`resources.${index}.authorizationServers`, authorizationServers, IN_CAPITALS),
    ]),
    ...placedRules(policy).map(({ place, claim, rule }) =>
      placed(place, Object.values(rule).flat(), IDENTITIES.test(claim) ? ANYTHING : []),
    ),
  ];
}
