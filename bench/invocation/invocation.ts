import { AUDIENCE, createKey, ISSUER, mint } from '../decision/tokens.ts';
import { buildOurs, buildPeers } from '../function/builds.ts';
import { type Deployed, deploy } from '../function/deployed.ts';
import { albEvent, authorizerEvent } from '../function/events.ts';
import { startServices } from '../function/services.ts';
import { median, quantile } from '../measure.ts';
import { type Result, resultOf } from '../report/results.ts';
import type { SectionOptions } from '../section.ts';

/** The number of returning clients. */
const CLIENTS = 50;

interface Candidate {
  readonly name: string;
  readonly deployed: Deployed;
  readonly events: readonly string[];
  /** Text that the response must contain. */
  readonly wanted: string;
}

interface Measured {
  /** The time of each round, in us. */
  readonly medians: readonly number[];
  readonly all: readonly number[];
}

export async function measureInvocation({ quick }: SectionOptions): Promise<Result[]> {
  const key = createKey('RS256');
  const services = await startServices({
    jwks: { keys: [key.jwk] },
    parameters: (origin) => ({
      ...parametersAt('/whoami', origin, 'whoami'),
      ...parametersAt('/proxy', origin, origin),
    }),
  });
  const { origin } = services;
  const environment = {
    AWS_ENDPOINT_URL_SSM: origin,
    UPSTREAM: origin,
    ISSUER,
    AUDIENCE,
    JWKS_URI: `${origin}/jwks`,
  };
  const tokens = Array.from({ length: CLIENTS }, (_, serial) => mint(key, { serial }));
  const alb = tokens.map((token) => albEvent(token));
  const authorizer = tokens.map(authorizerEvent);
  const ours = buildOurs();
  const peers = buildPeers();
  const candidate = async (
    name: string,
    directory: string,
    handler: string,
    more: { readonly events: readonly string[]; readonly wanted: string; readonly variables?: object },
  ): Promise<Candidate> => {
    const deployed = await deploy({
      directory,
      handler: `${handler}.handler`,
      environment: { ...environment, ...more.variables },
    });
    await deployed.ready;
    return { name, deployed, events: more.events, wanted: more.wanted };
  };
  const whoami = { CONFIG_PATH: '/whoami' };
  const proxy = { CONFIG_PATH: '/proxy' };
  const silent = { ALLOWED_LOG_RATE: '0' };
  const allowed = '"isAuthorized":true';
  const candidates = [
    await candidate('empty', peers, 'empty', { events: alb, wanted: '200' }),
    await candidate('empty authorizer', peers, 'empty', { events: authorizer, wanted: '200' }),
    await candidate('authorizer', ours, 'authorizer-handler', {
      events: authorizer,
      wanted: allowed,
      variables: whoami,
    }),
    await candidate('whoami', ours, 'alb-handler', { events: alb, wanted: 'client-1', variables: whoami }),
    await candidate('whoami, no line', ours, 'alb-handler', {
      events: alb,
      wanted: 'client-1',
      variables: { ...whoami, ...silent },
    }),
    await candidate('upstream', ours, 'alb-handler', { events: alb, wanted: 'orders', variables: proxy }),
    await candidate('upstream, no line', ours, 'alb-handler', {
      events: alb,
      wanted: 'orders',
      variables: { ...proxy, ...silent },
    }),
    await candidate('pass-through', peers, 'pass-through', { events: alb, wanted: 'orders' }),
    await candidate('aws-jwt-verify', peers, 'aws-jwt-verify', { events: authorizer, wanted: allowed }),
    await candidate('Powertools + jose', peers, 'powertools-jose', { events: authorizer, wanted: allowed }),
  ];
  const measured = await measure(candidates, quick ? 10 : 60, quick ? 30 : 50);
  for (const { deployed } of candidates) deployed.stop();
  services.close();

  const pairs: readonly (readonly [string, string, number?])[] = [
    ['authorizer', 'empty authorizer', 1.15],
    ['authorizer', 'aws-jwt-verify', 1],
    ['authorizer', 'Powertools + jose', 1],
    ['whoami', 'empty', 1.15],
    ['whoami, no line', 'empty', 1.15],
    ['upstream', 'pass-through', 1.15],
    ['upstream, no line', 'pass-through', 1.15],
  ];
  return pairs.flatMap(([name, other, target]) => compare(measured, name, other, target));
}

const parametersAt = (path: string, origin: string, upstream: string): Record<string, string> => ({
  [`${path}/issuer`]: ISSUER,
  [`${path}/audience`]: AUDIENCE,
  [`${path}/jwks-uri`]: `${origin}/jwks`,
  [`${path}/upstream`]: upstream,
  [`${path}/policy`]: '{}',
  [`${path}/revocations`]: '{}',
});

/** Runs rounds of each in turns, with one invocation at a time, as in an execution environment. */
async function measure(
  candidates: readonly Candidate[],
  rounds: number,
  count: number,
): Promise<ReadonlyMap<string, Measured>> {
  const results = new Map(
    candidates.map(({ name }) => [name, { medians: [] as number[], all: [] as number[] }]),
  );
  for (const candidate of candidates) await round(candidate, 1_000);
  for (let turn = 0; turn < rounds; turn++) {
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[(turn + index) % candidates.length] as Candidate;
      const times = await round(candidate, count);
      results.get(candidate.name)?.medians.push(median(times));
      results.get(candidate.name)?.all.push(...times);
    }
  }
  return results;
}

/** Microseconds of each invocation. */
async function round({ name, deployed, events, wanted }: Candidate, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const event = events[i % events.length] as string;
    const startedAt = process.hrtime.bigint();
    const result = await deployed.invoke(event);
    times.push(Number(process.hrtime.bigint() - startedAt) / 1000);
    if (!result.includes(wanted)) throw new Error(`${name}: ${result}`);
  }
  return times;
}

function compare(
  measured: ReadonlyMap<string, Measured>,
  name: string,
  other: string,
  target?: number,
): Result[] {
  const ours = measured.get(name) as Measured;
  const theirs = measured.get(other) as Measured;
  const what = `invocation/${name}, ${other}`;
  const p50 = [median(ours.all), median(theirs.all)] as const;
  return [
    resultOf({
      name: `${what}: p50`,
      ours: p50[0],
      against: p50[1],
      unit: 'us',
      ratio: median(ours.medians.map((value, index) => value / (theirs.medians[index] as number))),
      target,
    }),
    resultOf({
      name: `${what}: p99`,
      ours: quantile(ours.all, 0.99),
      against: quantile(theirs.all, 0.99),
      unit: 'us',
    }),
    resultOf({
      name: `${what}: rate`,
      ours: rate(ours.all),
      against: rate(theirs.all),
      unit: 'invocations/s',
    }),
  ];
}

/** Sequential invocations per second. */
const rate = (times: readonly number[]): number =>
  (times.length * 1e6) / times.reduce((sum, time) => sum + time, 0);
