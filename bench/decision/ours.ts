import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleModule } from '../../infra/bundle/bundle.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import { requestFromAlb } from '../../lambda/events/alb.ts';
import { albEvent } from '../function/events.ts';
import type * as CoreModule from './core.ts';
import { AUDIENCE, ISSUER, JWKS_URI, type SigningKey } from './tokens.ts';

export type Core = typeof CoreModule;

/** Builds the decision's modules with the options of the deployed bundle. */
export async function loadCore(): Promise<Core> {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-core-'));
  bundleModule({ entryPoint: fileURLToPath(new URL('./core.ts', import.meta.url)), outdir });
  return import(pathToFileURL(join(outdir, 'core.mjs')).href);
}

export interface OursOptions {
  readonly keys: readonly SigningKey[];
  readonly policy?: object;
  readonly revocations?: object;
  readonly maxTokens?: number;
  /** Further key sets, by URL. */
  readonly documents?: Readonly<Record<string, object>>;
}

/** Our decision with real configuration and real key sources, but without the network. */
export async function createOurs(core: Core, options: OursOptions) {
  const { keys, policy = {}, revocations = {}, maxTokens, documents = {} } = options;
  const parsed = await core.parseConfig(
    {
      issuer: ISSUER,
      audience: AUDIENCE,
      'jwks-uri': JWKS_URI,
      upstream: 'whoami',
      policy: JSON.stringify(policy),
      revocations: JSON.stringify(revocations),
    },
    '1',
  );
  if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  const { config } = parsed;
  const served: Record<string, object> = { [JWKS_URI]: { keys: keys.map(({ jwk }) => jwk) }, ...documents };
  const sources = core.createKeySources({
    now: Date.now,
    fetchDocument: async (url) => {
      const document = served[url.href];
      if (document === undefined) throw new Error(`There is no document at ${url.href}.`);
      return { text: JSON.stringify(document), cacheControl: undefined };
    },
    events: { keysFetched() {}, keysLoaded() {}, keysFailed: (_, reason) => console.error(reason) },
  });
  await sources.prefetch(config.providers);
  const memory = core.createTokenMemory(maxTokens);
  const context = { resolveKeys: sources.resolve, memory, now: Date.now };
  return {
    memory,
    config,
    decide: (request: HttpRequest) => core.authorize(request, config, context),
  };
}

export type Ours = Awaited<ReturnType<typeof createOurs>>;

/** Decides on each request and checks that the decision is `wanted`, so that nothing else is measured by mistake. */
export async function decideAll(
  ours: Ours,
  requests: readonly HttpRequest[],
  { name, wanted }: { readonly name: string; readonly wanted: string },
): Promise<void> {
  for (const request of requests) {
    // Most decisions are synchronous; awaiting them would measure a turn of the event loop.
    const deciding = ours.decide(request);
    const decision = deciding instanceof Promise ? await deciding : deciding;
    if (decision.kind !== wanted) throw new Error(`${name}: ${JSON.stringify(decision)}`);
  }
}

/** A request as in the load balancer's event, with the header fields that it always has. */
export const requestWith = (token: string, path?: string): HttpRequest =>
  requestFromAlb(JSON.parse(albEvent(token, path)));
