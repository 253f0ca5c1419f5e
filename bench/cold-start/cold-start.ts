import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIENCE, createKey, ISSUER, mint } from '../decision/tokens.ts';
import { buildOurs, buildPeers, buildTeamsPeer, buildWithDefaults } from '../function/builds.ts';
import { deploy } from '../function/deployed.ts';
import { albEvent, authorizerEvent } from '../function/events.ts';
import { startKeeper } from '../function/keeper.ts';
import { PATHS, type Services, startServices } from '../function/services.ts';
import { median } from '../measure.ts';
import { type Result, resultOf } from '../report/results.ts';
import type { SectionOptions } from '../section.ts';

/** Response times of the snapshot's bucket, the parameter store and the key endpoint, in ms. */
const DELAYS = [0, 20] as const;

/** Our highest allowed time, relative to each other candidate. */
const TARGETS: Readonly<Record<string, Partial<Record<(typeof DELAYS)[number], number>>>> = {
  empty: { 0: 2.1 },
  'aws-jwt-verify': { 20: 1 },
  'aws-jwt-verify by fetch': { 20: 1 },
  'client-ssm and jose': { 20: 0.45 },
};

/** Limit of each verifier's bundle, in KB. */
const SIZE_LIMIT = 150;

interface Candidate {
  readonly name: string;
  readonly directory: string;
  readonly handler: string;
  readonly event: string;
  readonly wanted: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** The number of its requests to the services, by path. */
  readonly asks: Readonly<Record<string, number>>;
}

export async function measureColdStart({ quick }: SectionOptions): Promise<Result[]> {
  const key = createKey('RS256');
  const token = mint(key);
  let delay: (typeof DELAYS)[number] = 0;
  const parameters = (origin: string) => ({
    '/app/issuer': ISSUER,
    '/app/audience': AUDIENCE,
    '/app/jwks-uri': `${origin}${PATHS.keys}`,
    '/app/upstream': 'whoami',
    '/app/policy': '{}',
    '/app/revocations': '{}',
  });
  const services = await startServices({
    jwks: { keys: [key.jwk] },
    delayMs: () => delay,
    parameters,
    snapshot: () => keeper.snapshot(),
  });
  const { origin } = services;
  const keeper = startKeeper('/app', () => parameters(origin));
  const environment = {
    AWS_ENDPOINT_URL_SSM: origin,
    CONFIG_PATH: '/app',
    ISSUER,
    AUDIENCE,
    JWKS_URI: `${origin}${PATHS.keys}`,
  };
  const [ours, defaults] = [buildOurs(), buildWithDefaults()];
  const [peers, team] = [buildPeers(), buildTeamsPeer()];
  const alb = { handler: 'alb-handler', event: albEvent(token), wanted: 'client-1' };
  const withKeeper = {
    ...alb,
    variables: { SNAPSHOT_URL: origin + PATHS.snapshot },
    asks: { [PATHS.snapshot]: 1 },
  };
  const parametersAndKeys = { [PATHS.parameters]: 1, [PATHS.keys]: 1 };
  const peer = {
    directory: peers,
    event: authorizerEvent(token),
    wanted: '"isAuthorized":true',
    asks: { [PATHS.keys]: 1 },
  };
  const candidates: readonly Candidate[] = [
    { ...withKeeper, name: 'ours', directory: ours },
    { ...withKeeper, name: 'ours, default bundling', directory: defaults },
    { ...alb, name: 'ours without keeper', directory: ours, asks: parametersAndKeys },
    { ...peer, name: 'empty', handler: 'empty', wanted: '200', asks: {} },
    { ...peer, name: 'aws-jwt-verify', handler: 'aws-jwt-verify' },
    {
      ...peer,
      name: 'aws-jwt-verify by fetch',
      handler: 'aws-jwt-verify',
      variables: { KEYS_BY: 'fetch' },
    },
    { ...peer, name: 'powertools-jose', handler: 'powertools-jose' },
    {
      ...peer,
      name: 'client-ssm and jose',
      directory: team,
      handler: 'client-ssm-jose',
      asks: parametersAndKeys,
    },
  ];

  const results: Result[] = [];
  for (delay of DELAYS) {
    const measured = new Map(candidates.map(({ name }) => [name, [] as number[]]));
    const rounds = quick ? 4 : 25;
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < candidates.length; turn++) {
        const candidate = candidates[(round + turn) % candidates.length] as Candidate;
        await keeper.run();
        services.takeRequests();
        measured.get(candidate.name)?.push(await start(candidate, environment));
        checkRequests(candidate, services);
      }
    }
    const oursMs = measured.get('ours') ?? [];
    for (const { name } of candidates.slice(1)) {
      const theirs = measured.get(name) ?? [];
      results.push(
        resultOf({
          name: `cold-start/first answer, services at ${delay} ms, ${name}`,
          ours: median(oursMs),
          against: median(theirs),
          unit: 'ms',
          ratio: median(oursMs.map((value, index) => value / (theirs[index] as number))),
          target: TARGETS[name]?.[delay],
        }),
      );
    }
  }
  services.close();
  const sizes = { ours: size(ours, 'alb-handler'), unit: 'KB' };
  results.push(
    resultOf({ ...sizes, name: 'cold-start/bundle, limit', against: SIZE_LIMIT, target: 1 }),
    resultOf({
      ...sizes,
      name: 'cold-start/bundle, default bundling',
      against: size(defaults, 'alb-handler'),
    }),
    resultOf({
      ...sizes,
      name: 'cold-start/bundle, client-ssm and jose',
      against: size(team, 'client-ssm-jose'),
    }),
  );
  return results;
}

/** Milliseconds from the start of the process to the first response. */
async function start(
  { directory, handler, event, wanted, variables }: Candidate,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const startedAt = performance.now();
  const deployed = await deploy({
    directory,
    handler: `${handler}.handler`,
    environment: { ...environment, ...variables },
  });
  await deployed.ready;
  const result = await deployed.invoke(event);
  const elapsed = performance.now() - startedAt;
  deployed.stop();
  if (!result.includes(wanted)) throw new Error(`${handler}: ${result}`);
  return elapsed;
}

/** Checks the number of requests: a candidate that makes more or fewer is not the intended one. */
function checkRequests({ name, asks }: Candidate, { takeRequests }: Services): void {
  const requests = takeRequests();
  for (const path of Object.values(PATHS)) {
    if (requests[path] !== asks[path])
      throw new Error(
        `${name} requested ${path} ${requests[path] ?? 0} times instead of ${asks[path] ?? 0}.`,
      );
  }
}

/** The size of the bundle with all files beside it, in KB. */
function size(directory: string, handler: string): number {
  const files = readdirSync(directory).filter((name) => name.startsWith(handler));
  return files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0) / 1000;
}
