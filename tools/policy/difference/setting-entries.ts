import type { Config } from '../../../lambda/core/config/config.ts';
import type { Cors } from '../../../lambda/core/http/cors.ts';
import { listed } from '../../explain/format.ts';
import { type Effect, type Entry, possibly } from './entry.ts';
import { changeOf, upstreamText } from './forward-changes.ts';
import { serialized } from './plain-values.ts';
import { letsThrough } from './route-widening.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

/** What changes for all requests, by what the parameters say beside providers, routes and revocations. */
export const settingEntries = ({ before, after }: World): Entry[] => [
  ...upstreamEntries(before, after),
  ...cookieEntries(before, after),
  ...corsEntries(before.config.cors, after.config.cors),
  ...basePathEntries(before.config, after.config),
  ...(before.config.problemTypes === after.config.problemTypes
    ? []
    : [
        {
          ...everywhere('answers'),
          caller: 'that is refused',
          ...(changeOf(
            before.config,
            after.config,
            ({ problemTypes = 'about:blank' }) => `answered with the type ${problemTypes}`,
          )[0] as Pick<Entry, 'now' | 'was'>),
        },
      ]),
];

const everywhere = (effect: Effect) => ({ effect, requests: [], caller: '', certain: true }) as const;

function upstreamEntries(before: Side, after: Side): Entry[] {
  const takesIt = [before, after].every(({ rules }) =>
    rules.some(({ route }) => letsThrough(route) && route.upstream === undefined),
  );
  const setting = (text: (settings: Config['upstreamSettings']) => string) =>
    changeOf(before.config, after.config, ({ upstreamSettings }) => text(upstreamSettings));
  const changes = [
    ...(takesIt
      ? changeOf(
          before.config,
          after.config,
          ({ upstream }) => `sent to ${upstreamText(upstream)}, unless their route has an upstream`,
        )
      : []),
    ...setting(
      ({ preserveHost }) => `sent on with the Host of ${preserveHost ? 'the client' : 'the upstream'}`,
    ),
    ...setting(
      ({ keepOverrides }) =>
        `sent on ${keepOverrides ? 'with' : 'without'} X-HTTP-Method-Override, X-Original-URL and the like`,
    ),
    ...setting(
      ({ trustForwardedHost }) =>
        `sent on with ${trustForwardedHost ? "the client's X-Forwarded-Host" : 'X-Forwarded-Host as set here'}`,
    ),
    ...setting(({ firstByteTimeoutSeconds: limit }) =>
      limit === undefined
        ? 'waited for as long as the invocation lasts'
        : `given up after ${limit} s without an answer`,
    ),
    ...(before.config.upstreamSettings.ca === after.config.upstreamSettings.ca
      ? []
      : [
          {
            now: `sent to upstreams that ${trustText(after.config)} prove`,
            was: `sent to upstreams that ${trustText(before.config)} prove`,
          },
        ]),
  ];
  return changes.map((change): Entry => ({ ...everywhere('forwards'), ...change }));
}

const trustText = ({ upstreamSettings: { ca } }: Config): string =>
  ca === undefined
    ? 'public authorities'
    : `the ${ca.split('BEGIN CERTIFICATE').length - 1} certificates in upstreamCa`;

/** Pages whose cookies count where a request could change something. */
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
            caller: `with a token in a cookie, of a method that may change something, from pages of ${listed(origins)}`,
            ...(effect === 'opens'
              ? { now: 'not refused for that', was: '403 origin_not_allowed' }
              : { now: '403 origin_not_allowed', was: 'not refused for that' }),
          },
        ];
  const only = (some: readonly string[], others: readonly string[]) =>
    [...new Set(some.filter((one) => !others.includes(one)))].sort();
  return [...entry('opens', only(now, was)), ...entry('closes', only(was, now))];
}

const PREFLIGHT = 'a CORS preflight';
const DECIDED = 'decided on by its route';
const REFUSED = '403 origin_not_allowed';
const ANSWERED = 'answered as a CORS preflight';

function corsEntries(before: Cors | undefined, after: Cors | undefined): Entry[] {
  if (serialized(before) === serialized(after)) return [];
  if (before === undefined || after === undefined) {
    const cors = (before ?? after) as Cors;
    const isNew = before === undefined;
    const turned = (effect: Effect, result: string, pages: string): Entry => ({
      ...everywhere(effect),
      caller: `${PREFLIGHT} from ${pages}`,
      ...(isNew ? { now: result, was: DECIDED } : { now: DECIDED, was: result }),
    });
    return [
      turned(isNew ? 'opens' : 'closes', ANSWERED, pagesOf(cors)),
      turned(isNew ? 'closes' : 'opens', REFUSED, 'any other page'),
      { ...everywhere('forwards'), ...corsTexts(before, after) },
    ];
  }
  const one = originsOf(before);
  const other = originsOf(after);
  const changed = (effect: Effect, some: readonly string[], others: readonly string[]): Entry[] => {
    const more = some.filter((origin) => !others.includes(origin));
    if (more.length === 0 || others.includes('*')) return [];
    return [
      {
        ...everywhere(effect),
        caller: `${PREFLIGHT} from ${pagesText(more)}`,
        ...(effect === 'opens' ? { now: ANSWERED, was: REFUSED } : { now: REFUSED, was: ANSWERED }),
      },
    ];
  };
  return [
    ...changed('opens', other, one),
    ...changed('closes', one, other),
    ...changeOf(before, after, corsText).map((change): Entry => ({ ...everywhere('forwards'), ...change })),
  ];
}

const originsOf = ({ origins }: Cors): readonly string[] => (origins === '*' ? ['*'] : [...origins].sort());
const pagesText = (origins: readonly string[]): string =>
  origins.includes('*') ? 'pages of any origin' : `pages of ${listed(origins)}`;
const pagesOf = (cors: Cors): string => pagesText(originsOf(cors));

const corsTexts = (before: Cors | undefined, after: Cors | undefined): Pick<Entry, 'now' | 'was'> => ({
  now: after === undefined ? 'answered with the CORS fields of the upstream' : corsText(after),
  was: before === undefined ? 'answered with the CORS fields of the upstream' : corsText(before),
});

const corsText = (cors: Cors): string =>
  `answered with CORS fields for ${pagesOf(cors)}, ${cors.credentials ? 'with' : 'without'} credentials, ` +
  `exposing ${cors.exposed}, for ${cors.maxAgeSeconds} s`;

/** Which paths of an API are meant by the requests of a custom domain. */
function basePathEntries({ basePaths: before }: Config, { basePaths: after }: Config): Entry[] {
  const domains = [...new Set([...before.keys(), ...after.keys()])].sort();
  return domains.flatMap((domain) => {
    const [was = [], now = []] = [before.get(domain), after.get(domain)];
    const caller = `by the custom domain ${domain}, as its basePaths differ`;
    if (serialized([...was].sort()) === serialized([...now].sort())) return [];
    return [possibly('opens', [], caller), possibly('closes', [], caller)];
  });
}
