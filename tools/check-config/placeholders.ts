import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';
import { DEFAULT_PROVIDER, hasKeySet } from '../../lambda/core/provider.ts';

/** What somebody still has to fill in. Values are compared as they are, so none of it stands for anything. */
const PLACEHOLDERS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\{[^}]*\}/, 'a name in braces'],
  [/<[^>]*>/, 'a name in angle brackets'],
  [/\bYOUR[-_]/i, '"YOUR-…"'],
  [/\b(?:CHANGE|REPLACE)[-_]?(?:ME|THIS)\b/i, 'a text to be replaced'],
  [/\$[A-Z_]+\b/, "a shell's variable"],
];

/** Members of providers that hold a name of somebody's or an address. */
const MEMBERS = [
  ...['issuer', 'audience', 'jwksUri', 'trustDomain'],
  ...['instanceArn', 'loadBalancerArn', 'clientId', 'keysUrl'],
];

interface Placed extends Pick<Warning, 'parameter'> {
  readonly place: string;
  readonly values: readonly string[];
  readonly isIssuer: boolean;
}

/** Values that are still as an example or a template had them. */
export const placeholderWarnings = (policy: PolicyDocument, config: Config): Warning[] =>
  [...ofParameters(config), ...ofPolicyMembers(policy)].flatMap(({ parameter, place, values, isIssuer }) => {
    const what = values.flatMap((value) => found(value, isIssuer))[0];
    if (what === undefined) return [];
    const where = place === '' ? '' : `${place}: `;
    return {
      kind: 'placeholder',
      parameter,
      message: `${where}has ${what}, which stands for nothing here: write the exact value`,
    };
  });

/** Entra's issuer for several tenants is a template, and others are taken for patterns. */
function found(value: string, isIssuer: boolean): string[] {
  const [, what] = PLACEHOLDERS.find(([pattern]) => pattern.test(value)) ?? [];
  if (what !== undefined) return [what];
  return isIssuer && value.includes('*') ? ['"*"'] : [];
}

function ofParameters({ providers, upstream }: Config): Placed[] {
  const own = providers.find(({ name }) => name === DEFAULT_PROVIDER);
  const provider = own !== undefined && hasKeySet(own) ? own : undefined;
  const { issuers = [], audience = [] } = provider ?? {};
  return [
    { parameter: 'issuer', place: '', values: issuers, isIssuer: true },
    { parameter: 'audience', place: '', values: audience ?? [], isIssuer: false },
    {
      parameter: 'upstream',
      place: '',
      values: upstream.kind === 'origin' ? [upstream.origin.href] : [],
      isIssuer: false,
    },
  ];
}

function ofPolicyMembers({ providers = {}, routes = [] }: PolicyDocument): Placed[] {
  const texts = (value: unknown): string[] =>
    [value].flat().filter((one): one is string => typeof one === 'string');
  return [
    ...Object.entries(providers).flatMap(([name, provider]) =>
      Object.entries(provider)
        .filter(([member]) => MEMBERS.includes(member))
        .map(([member, value]) => ({
          parameter: 'policy' as const,
          place: `providers.${name}.${member}`,
          values: texts(value),
          isIssuer: member === 'issuer',
        })),
    ),
    ...routes.map(({ upstream }, index) => ({
      parameter: 'policy' as const,
      place: `routes.${index}.upstream`,
      values: texts(upstream),
      isIssuer: false,
    })),
  ];
}
