import { type ClaimRule, type ClaimRules, unmetRule } from '../../../lambda/core/claim-rules.ts';
import { type Place, placeKey, placeName } from '../../../lambda/core/credentials/place.ts';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { meeting, meetsAll, tellingValues, valuesFor, valueText, withClaim } from './claim-values.ts';
import { acrRules, oldestLogin } from './login.ts';
import { nameText } from './name-text.ts';
import { carrying, placeFor, type Says, witnessToken } from './witness-token.ts';
import type { World } from './world.ts';

/** A caller whose request takes one of two routes. */
export interface Caller {
  /** Provider of the token; undefined if there is no token that any provider could accept. */
  readonly provider: string | undefined;
  /** What distinguishes the caller; for a token, what it lacks. */
  readonly trait: string;
  /** `all` has everything that either route requires, and `bare` none of it. */
  readonly kind: 'all' | 'bare' | 'other';
  readonly request: HttpRequest;
}

/** The callers that two routes may treat differently, as far as single scopes, claims and places show it. */
export function callersOf(one: Route, other: Route, request: HttpRequest, world: World): Caller[] {
  const routes = [one, other];
  const providers = [...new Set(routes.flatMap((route) => route.providers))];
  const places = placesOf(routes);
  const onOne = places.filter((place) => !routes.every((route) => hasPlace(route, place)));
  const traits = traitsOf(one, other);
  return [
    { provider: undefined, trait: 'without a token', kind: 'other', request },
    ...places.map((place): Caller => {
      const where = places.length > 1 ? ` in ${placeName(place)}` : '';
      return {
        provider: undefined,
        trait: `with a token that is not accepted${where}`,
        kind: 'other',
        request: carrying(request, place, 'no-token'),
      };
    }),
    ...providers.flatMap((provider) => {
      const place = placeFor(provider);
      if (place === undefined) return [];
      const id = world.idOf(provider);
      const sent = (says: Says) => carrying(request, place, witnessToken(provider, says));
      const all = sent(traits[0]?.says ?? {});
      return [
        ...traits.map(
          ({ trait, kind, says }): Caller => ({ provider: id, trait, kind, request: sent(says) }),
        ),
        ...onOne
          .filter((another) => placeKey(another) !== placeKey(place))
          .map(
            (another): Caller => ({
              provider: id,
              trait: `and another credential in ${placeName(another)}`,
              kind: 'other',
              request: carrying(all, another, 'no-token'),
            }),
          ),
      ];
    }),
  ];
}

const placesOf = (routes: readonly Route[]): readonly Place[] => [
  ...new Map(
    routes
      .flatMap(({ providers }) => providers.flatMap(({ places }) => places))
      .map((place) => [placeKey(place), place]),
  ).values(),
];

const hasPlace = ({ providers }: Route, place: Place): boolean =>
  providers.some(({ places }) => places.some((own) => placeKey(own) === placeKey(place)));

interface Trait {
  readonly trait: string;
  readonly kind: Caller['kind'];
  readonly says: Says;
}

/** The first has everything that both routes require. */
function traitsOf(one: Route, other: Route): Trait[] {
  const scopes = [...new Set([one, other].flatMap(wantedOf))].sort();
  const rules = [...rulesOf(one), ...rulesOf(other)];
  const isAgeLimited = [one, other].some(({ authentication: level }) => level?.maxAgeSeconds !== undefined);
  const all: Says = {
    scopes,
    loginAge: isAgeLimited ? 0 : undefined,
    change: (claims) => meeting(claims, rules),
  };
  return [
    { trait: '', kind: 'all', says: all },
    { trait: 'that meets none of the requirements', kind: 'bare', says: {} },
    ...scopeTraits(one, other, scopes).map(
      ([trait, some]): Trait => ({
        trait,
        kind: 'other',
        says: { ...all, scopes: some },
      }),
    ),
    ...claimTraits(one, other, all),
    ...loginTraits(one, other, all),
    ...forwardTraits(one, other, all),
  ];
}

/** The claim rules of a route, including the strength of the login. */
const rulesOf = ({ claims, authentication }: Route): ClaimRules => [...claims, ...acrRules(authentication)];

/** Whether it looks at the contents of a token at all. */
const asksAnything = ({ missing, reportOnly }: Route): boolean => !missing && !reportOnly;

const wantedOf = ({ scopes }: Route): readonly string[] => ('all' in scopes ? scopes.all : scopes.any);

/** Sets of scopes that are enough for only one of the routes. */
function scopeTraits(one: Route, other: Route, scopes: readonly string[]): [string, readonly string[]][] {
  const sets: [string, readonly string[]][] = [
    ...scopes.map((scope): [string, readonly string[]] => [
      `without the scope ${scope}`,
      scopes.filter((another) => another !== scope),
    ]),
    ['without scopes', []],
    ...scopes.map((scope): [string, readonly string[]] => [`with only the scope ${scope}`, [scope]]),
  ];
  const told = sets.filter(([, some]) => areEnough(some, one) !== areEnough(some, other));
  // A token that lacks one scope says more than one that has only one.
  const missing = told.filter(([trait]) => trait.startsWith('without the'));
  return missing.length > 0 ? missing : told;
}

function areEnough(some: readonly string[], route: Route): boolean {
  if (!asksAnything(route)) return true;
  const { scopes } = route;
  const has = (scope: string) => some.includes(scope);
  return 'all' in scopes ? scopes.all.every(has) : scopes.any.some(has);
}

/** Values of a claim that only one of the routes accepts. */
function claimTraits(one: Route, other: Route, all: Says): Trait[] {
  const names = [...new Set([...rulesOf(one), ...rulesOf(other)].map(([claim]) => claim))].sort();
  return names.flatMap((name) => {
    const own = [one, other].map((route) =>
      (asksAnything(route) ? rulesOf(route) : []).filter(([claim]) => claim === name).map(([, rule]) => rule),
    );
    const [first = [], second = []] = own;
    const rest = [...rulesOf(one), ...rulesOf(other)].filter(([claim]) => claim !== name);
    const values = valuesFor(own.flat());
    const only = (mine: readonly ClaimRule[], theirs: readonly ClaimRule[]) =>
      tellingValues(values.filter((value) => meetsAll(value, mine) && !meetsAll(value, theirs)));
    const told = [...only(first, second), ...only(second, first)];
    return told.map((value) => ({
      trait: valueText(name, value),
      kind: 'other' as const,
      says: { ...all, change: (claims) => withClaim(meeting(claims, rest), name, value) },
    }));
  });
}

/** Logins whose age only one of the routes accepts. */
function loginTraits(one: Route, other: Route, all: Says): Trait[] {
  const [least, most] = [one, other]
    .map((route) => (asksAnything(route) ? oldestLogin(route.authentication) : Number.POSITIVE_INFINITY))
    .sort((a, b) => a - b) as [number, number];
  if (least === most) return [];
  const loginAge = Number.isFinite(most) ? most : least + 1;
  const trait = (text: string, age: number | undefined): Trait => ({
    trait: text,
    kind: 'other',
    says: { ...all, loginAge: age },
  });
  return [
    trait(`whose login is more than ${least} s old`, loginAge),
    ...(Number.isFinite(most) ? [] : [trait('without the claim auth_time', undefined)]),
  ];
}

/** Beyond 2^53, so it cannot be forwarded. */
const UNFORWARDABLE = 2 ** 60;

/** Claims that only one of the routes forwards, with a value that cannot be forwarded. */
function forwardTraits(one: Route, other: Route, all: Says): Trait[] {
  const [first, second] = [one, other].map(({ headers }) => headers.map(([, claim]) => claim)) as [
    string[],
    string[],
  ];
  const onOne = [...new Set([...first, ...second])]
    .sort()
    .filter((claim) => first.includes(claim) !== second.includes(claim));
  const rules = [...rulesOf(one), ...rulesOf(other)];
  return onOne
    .map((name) => ({
      trait: `whose ${nameText(name)} cannot be forwarded in a header`,
      kind: 'other' as const,
      says: {
        ...all,
        change: (claims: Readonly<Record<string, unknown>>) =>
          withClaim(meeting(claims, rules), name, [UNFORWARDABLE]),
      },
    }))
    .filter(({ says }) => unmetRule(says.change({}), rules) === undefined);
}
