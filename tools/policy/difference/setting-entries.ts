import type { Config } from '../../../lambda/core/config/config.ts';
import { listed } from '../../explain/format.ts';
import { corsEntries } from './cors-entries.ts';
import { type Effect, type Entry, everywhere, possibly } from './entry.ts';
import { changeOf, upstreamText } from './forward-changes.ts';
import { mcpPageEntries } from './page-entries.ts';
import { serialized } from './plain-values.ts';
import { letsThrough } from './route-widening.ts';
import type { Side } from './side.ts';
import { trustedBy } from './trust-text.ts';
import type { World } from './world.ts';

/** What changes for all requests, through settings other than providers, routes and revocations. */
export const settingEntries = ({ before, after }: World): Entry[] => [
  ...upstreamEntries(before, after),
  ...cookieEntries(before, after),
  ...mcpPageEntries(before, after),
  ...corsEntries(before.config.cors, after.config.cors),
  ...basePathEntries(before.config, after.config),
  ...changeOf(
    before.config,
    after.config,
    ({ problemTypes = 'about:blank' }) => `given problem details of the type ${problemTypes}`,
  ).map((change): Entry => ({ ...everywhere('answers'), caller: 'that is rejected', ...change })),
];

function upstreamEntries(before: Side, after: Side): Entry[] {
  const takesIt = [before, after].every(({ rules }) =>
    rules.some(({ route }) => letsThrough(route) && route.upstream === undefined),
  );
  const setting = (text: (settings: Config['upstreamSettings']) => string) =>
    changeOf(before.config, after.config, ({ upstreamSettings }) => text(upstreamSettings));
  const changes = [
    ...(takesIt
      ? changeOf(before.config, after.config, ({ upstream }) => `sent to ${upstreamText(upstream)}`).map(
          (change) => ({ ...change, caller: 'whose route has no upstream' }),
        )
      : []),
    ...setting(({ preserveHost }) => `forwarded with the ${preserveHost ? "client's" : "upstream's"} Host`),
    ...setting(
      ({ keepOverrides }) =>
        `forwarded ${keepOverrides ? 'with' : 'without'} X-HTTP-Method-Override, X-Original-URL and similar fields`,
    ),
    ...setting(
      ({ trustForwardedHost }) =>
        `forwarded with ${trustForwardedHost ? "the client's X-Forwarded-Host" : 'X-Forwarded-Host as the function sets it'}`,
    ),
    ...setting(({ firstByteTimeoutSeconds: limit }) =>
      limit === undefined
        ? 'waited for until the invocation ends'
        : `given up after ${limit} s without a response`,
    ),
    ...(before.config.upstreamSettings.ca === after.config.upstreamSettings.ca
      ? []
      : [
          {
            now: trustText(after.config),
            was: trustText(before.config),
          },
        ]),
  ];
  return changes.map((change): Entry => ({ ...everywhere('forwards'), ...change }));
}

const trustText = ({ upstreamSettings: { ca } }: Config): string =>
  `sent to upstreams trusted through ${trustedBy(ca)}`;

/** Pages whose cookies count for requests that may change something. */
function cookieEntries(before: Side, after: Side): Entry[] {
  const [was, now] = [before.config.cookieOrigins, after.config.cookieOrigins];
  const useCookies = [before, after].every(({ rules }) =>
    rules.some(({ route }) =>
      route.providers.some(({ places }) => places.some(({ kind }) => kind === 'cookie')),
    ),
  );
  const entry = (effect: Effect, origins: readonly string[]): Entry[] =>
    !useCookies || origins.length === 0
      ? []
      : [
          {
            ...everywhere(effect),
            caller: `with a token in a cookie and a method that may change something, from pages of ${listed(origins)}`,
            ...(effect === 'opens'
              ? { now: 'not rejected for its origin', was: '403 origin_not_allowed' }
              : { now: '403 origin_not_allowed', was: 'not rejected for its origin' }),
          },
        ];
  const only = (some: readonly string[], others: readonly string[]) =>
    [...new Set(some.filter((one) => !others.includes(one)))].sort();
  return [...entry('opens', only(now, was)), ...entry('closes', only(was, now))];
}

/** Which paths of an API the requests to a custom domain mean. */
function basePathEntries({ basePaths: before }: Config, { basePaths: after }: Config): Entry[] {
  const domains = [...new Set([...before.keys(), ...after.keys()])].sort();
  return domains.flatMap((domain) => {
    const [was = [], now = []] = [before.get(domain), after.get(domain)];
    const caller = `to the custom domain ${domain} (basePaths changed)`;
    if (serialized([...was].sort()) === serialized([...now].sort())) return [];
    return [possibly('opens', [], caller), possibly('closes', [], caller)];
  });
}
