import type { Config } from '../../lambda/core/config/config.ts';
import { extractCredential } from '../../lambda/core/credentials/extract.ts';
import { handle } from '../../lambda/core/handle.ts';
import { type HttpRequest, headerValues } from '../../lambda/core/http/message.ts';
import type { Outcome } from '../../lambda/core/outcome.ts';
import { isPathProblem, type JudgePath } from '../../lambda/core/paths/judge-path.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import { createTokenMemory } from '../../lambda/core/token-memory.ts';
import type { KeyEndpoints } from '../key-endpoints.ts';
import { type Assumption, assuming, assumptionsOf, type Trust } from './assumed-signature.ts';
import type { ExplainInput } from './input.ts';

/** The condition that a key of one of these providers made the signature. */
export interface SignedBy {
  readonly signedBy: readonly string[];
  /** Whether also no provider with other keys may have that key: an earlier one would decide differently. */
  readonly alone: boolean;
}

/** A decision of the function, and its conditions. */
export interface Decided {
  readonly outcome: Outcome;
  /** The value of WWW-Authenticate in the response, if it has one. */
  readonly challenge: string | undefined;
  /** What the upstream would get. */
  readonly forwarded: Omit<HttpRequest, 'body'> | undefined;
  readonly trust: Trust;
  /** Whose keys are assumed to have made the signature; undefined if it is verified. */
  readonly assumption: Assumption | undefined;
  /** What must hold for it, if that is unknown. */
  readonly onlyIf: SignedBy | undefined;
}

/**
 * The function's own decision. Offline, it is one that lets the request through if any of the unknown key sets can lead to
 * that.
 */
export async function decisionOn(
  request: HttpRequest,
  { providers }: Route,
  { config, offline, now }: ExplainInput,
  endpoints: KeyEndpoints,
): Promise<Decided> {
  const decideBy = async (trust: Trust, assumption?: Assumption): Promise<Decided> => {
    let forwarded: Decided['forwarded'];
    const extraction = extractCredential(request, providers);
    const { outcome, response } = await handle(request, 'explained', {
      config: async () => ({ kind: 'config', config: withUpstream(config) }),
      ...trust(extraction.kind === 'token' && extraction.source.signed),
      now: () => now,
      forward: async (sent) => {
        forwarded = sent;
        return { kind: 'response', response: { status: 200, headers: [], body: new Uint8Array() } };
      },
      onBug: (error) => {
        throw error;
      },
    });
    const [challenge] = headerValues(response.headers, 'www-authenticate');
    return { outcome, challenge, forwarded, trust, assumption, onlyIf: undefined };
  };
  if (!offline) {
    return decideBy(() => ({ resolveKeys: endpoints.sources.resolve, memory: createTokenMemory() }));
  }
  const all: Decided[] = [];
  for (const assumption of assumptionsOf(request, providers)) {
    all.push(await decideBy(assuming(endpoints, assumption), assumption));
  }
  const allowed = all.filter(({ outcome: { code } }) => code === 'allowed');
  const best = allowed.find(({ outcome: { reported } }) => reported === undefined) ?? all.at(-1);
  if (best === undefined) throw new Error('there was nothing to assume');
  if (allowed.length === 0 || allowed.length === all.length) return best;
  const signers = new Set(allowed.flatMap(({ outcome: { provider } }) => provider ?? []));
  // All but the first assume a key set.
  return { ...best, onlyIf: { signedBy: [...signers], alone: allowed.length < all.length - 1 } };
}

/** The configuration with one upstream instead of any other, including `whoami`, so that we see what is sent. */
function withUpstream(config: Config): Config {
  const upstream = { kind: 'origin', origin: new URL('https://upstream.invalid'), basePath: '' } as const;
  const withIt =
    (judgePath: JudgePath): JudgePath =>
    (method, path) => {
      const judged = judgePath(method, path);
      if (isPathProblem(judged)) return judged;
      const { candidates } = judged;
      if (candidates === undefined) return { ...judged, upstream };
      const [first, ...others] = candidates;
      return {
        ...judged,
        candidates: [{ ...first, upstream }, ...others.map((route) => ({ ...route, upstream }))],
      };
    };
  const { judgePath, judgePathWithDocuments } = config;
  return {
    ...config,
    upstream,
    judgePath: withIt(judgePath),
    judgePathWithDocuments: judgePathWithDocuments && withIt(judgePathWithDocuments),
  };
}
