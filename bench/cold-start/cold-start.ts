import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIENCE, createKey, ISSUER, mint } from '../decision/tokens.ts';
import { buildOurs, buildPeers, buildWithDefaults } from '../function/builds.ts';
import { deploy } from '../function/deployed.ts';
import { albEvent, authorizerEvent } from '../function/events.ts';
import { startServices } from '../function/services.ts';
import { median } from '../measure.ts';
import { type Result, resultOf } from '../report/results.ts';
import type { SectionOptions } from '../section.ts';

/** How long the parameter store and the key endpoint take to answer, in ms. */
const DELAYS = [0, 20];

interface Candidate {
  readonly name: string;
  readonly directory: string;
  readonly handler: string;
  readonly event: string;
  readonly wanted: string;
}

export async function measureColdStart({ quick }: SectionOptions): Promise<Result[]> {
  const key = createKey('RS256');
  let delay = 0;
  const services = await startServices({
    jwks: { keys: [key.jwk] },
    delayMs: () => delay,
    parameters: (origin) => ({
      '/app/issuer': ISSUER,
      '/app/audience': AUDIENCE,
      '/app/jwks-uri': `${origin}/jwks`,
      '/app/upstream': 'whoami',
      '/app/policy': '{}',
      '/app/revocations': '{}',
    }),
  });
  const { origin } = services;
  const environment = {
    AWS_ENDPOINT_URL_SSM: origin,
    CONFIG_PATH: '/app',
    ISSUER,
    AUDIENCE,
    JWKS_URI: `${origin}/jwks`,
  };
  const token = mint(key);
  const [ours, defaults, peers] = [buildOurs(), buildWithDefaults(), buildPeers()];
  const candidates: readonly Candidate[] = [
    { name: 'ours', directory: ours, handler: 'alb-handler', event: albEvent(token), wanted: 'client-1' },
    {
      name: 'ours, default bundling',
      directory: defaults,
      handler: 'alb-handler',
      event: albEvent(token),
      wanted: 'client-1',
    },
    { name: 'empty', directory: peers, handler: 'empty', event: albEvent(token), wanted: '200' },
    ...['aws-jwt-verify', 'powertools-jose'].map((handler) => ({
      name: handler,
      directory: peers,
      handler,
      event: authorizerEvent(token),
      wanted: '"isAuthorized":true',
    })),
  ];

  const results: Result[] = [];
  for (delay of DELAYS) {
    const measured = new Map(candidates.map(({ name }) => [name, [] as number[]]));
    const rounds = quick ? 4 : 25;
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < candidates.length; turn++) {
        const candidate = candidates[(round + turn) % candidates.length] as Candidate;
        measured.get(candidate.name)?.push(await start(candidate, environment));
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
          target: name === 'ours, default bundling' ? 0.6 : undefined,
        }),
      );
    }
  }
  services.close();
  results.push(
    resultOf({
      name: 'cold-start/bundle, limit',
      ours: size(ours, 'alb-handler'),
      against: 350,
      unit: 'KB',
      target: 1,
    }),
    resultOf({
      name: 'cold-start/bundle, default bundling',
      ours: size(ours, 'alb-handler'),
      against: size(defaults, 'alb-handler'),
      unit: 'KB',
    }),
  );
  return results;
}

/** Milliseconds from the start of the process to the first answer. */
async function start(
  { directory, handler, event, wanted }: Candidate,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const startedAt = performance.now();
  const deployed = await deploy({ directory, handler: `${handler}.handler`, environment });
  await deployed.ready;
  const answer = await deployed.invoke(event);
  const elapsed = performance.now() - startedAt;
  deployed.stop();
  if (!answer.includes(wanted)) throw new Error(`${handler}: ${answer}`);
  return elapsed;
}

/** In KB, of the file and whatever the bundler has put next to it. */
function size(directory: string, handler: string): number {
  const files = readdirSync(directory).filter((name) => name.startsWith(handler));
  return files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0) / 1000;
}
