import { type Contender, compared, interleave } from '../measure.ts';
import { type Result, resultOf } from '../report/results.ts';
import type { SectionOptions } from '../section.ts';
import { type Core, createOurs, decideAll, loadCore, type Ours, requestWith } from './ours.ts';
import { ALGORITHMS, createKey, mint, type SigningKey, withBadSignature } from './tokens.ts';
import { cachingPeers, floorVerifier, peers, type Verifier } from './verifiers.ts';

const LENGTHS = { '700 B': 700, '4 KB': 4096 } as const;

/** More tokens than the memory holds, so that each counts as new whenever its turn comes. */
const REMEMBERED = 200;
const POOL = 400;

/** Tokens of returning clients. */
const KNOWN = 100;

/** Copies each token to a new string, as parsing an event creates: not yet hashed or flattened. */
function freshTokens(pool: readonly string[]): (count: number) => string[] {
  let next = 0;
  return (count) => {
    const batch = Array.from({ length: count }, () => pool[next++ % pool.length]);
    return JSON.parse(JSON.stringify(batch));
  };
}

/** Checks that every decision is `wanted`, so that nothing else is measured by mistake. */
function ourContender(name: string, ours: Ours, pool: readonly string[], wanted = 'allow'): Contender {
  const fresh = freshTokens(pool);
  return {
    name,
    prepare(count) {
      const requests = fresh(count).map((token) => requestWith(token));
      return () => decideAll(ours, requests, { name, wanted });
    },
  };
}

function peerContender(
  { name, verify, isAsync }: Verifier,
  pool: readonly string[],
  wanted = true,
): Contender {
  const fresh = freshTokens(pool);
  const attempt = (token: string): boolean => {
    try {
      verify(token);
      return true;
    } catch {
      return false;
    }
  };
  const attemptAsync = async (token: string): Promise<boolean> => {
    try {
      await verify(token);
      return true;
    } catch {
      return false;
    }
  };
  return {
    name,
    prepare(count) {
      const tokens = fresh(count);
      if (isAsync) {
        return async () => {
          for (const token of tokens) {
            if ((await attemptAsync(token)) !== wanted) throw new Error(`${name} is wrong`);
          }
        };
      }
      return () => {
        for (const token of tokens) if (attempt(token) !== wanted) throw new Error(`${name} is wrong`);
      };
    },
  };
}

export async function measureDecision({ quick }: SectionOptions): Promise<Result[]> {
  const core = await loadCore();
  const rounds = quick ? 8 : 40;
  const results: Result[] = [];
  await warmUp(core);
  for (const alg of ALGORITHMS) {
    const key = createKey(alg);
    for (const [size, length] of Object.entries(LENGTHS)) {
      const pool = Array.from({ length: POOL }, (_, serial) => mint(key, { serial, length }));
      const options = { what: `${alg} ${size}`, key, pool, rounds };
      results.push(...(await newToken(core, options)), ...(await seenBefore(core, options)));
    }
  }
  const key = createKey('RS256');
  results.push(...(await rejections(core, key, rounds)));
  return results;
}

/** Runs until the compiler has optimized: otherwise the first measurement would look slow. */
async function warmUp(core: Core): Promise<void> {
  const key = createKey('RS256');
  const pool = Array.from({ length: POOL }, (_, serial) => mint(key, { serial }));
  const options = { what: '', key, pool, rounds: 10 };
  await newToken(core, options);
  await seenBefore(core, options);
}

interface Case {
  readonly what: string;
  readonly key: SigningKey;
  readonly pool: readonly string[];
  readonly rounds: number;
}

async function newToken(core: Core, { what, key, pool, rounds }: Case): Promise<Result[]> {
  const ours = await createOurs(core, { keys: [key], maxTokens: REMEMBERED });
  const others = [floorVerifier(key), ...peers(key)];
  const measured = await interleave(
    [ourContender('ours', ours, pool), ...others.map((verifier) => peerContender(verifier, pool))],
    rounds,
  );
  return others.map(({ name }) =>
    resultOf({
      name: `decision/new token ${what}, ${name}`,
      ...compared(measured, 'ours', name),
      target: name === 'floor' ? 1.15 : 1,
    }),
  );
}

async function seenBefore(core: Core, { what, key, pool, rounds }: Case): Promise<Result[]> {
  // Includes checks at each use: revocations of the issuer, and a route with a scope.
  const ours = await createOurs(core, {
    keys: [key],
    policy: { routes: [{ path: '/api/orders/*', scopes: ['read'] }] },
    revocations: { 'https://issuer.example': { jti: ['other'], sub: ['nobody'] } },
  });
  const known = pool.slice(0, KNOWN);
  const others = cachingPeers(key);
  const measured = await interleave(
    [ourContender('ours', ours, known), ...others.map((verifier) => peerContender(verifier, known))],
    rounds,
  );
  return others.map(({ name }, index) =>
    resultOf({
      name: `decision/seen before ${what}, ${name}`,
      ...compared(measured, 'ours', name),
      target: index === 0 ? 0.6 : undefined,
    }),
  );
}

async function rejections(core: Core, key: SigningKey, rounds: number): Promise<Result[]> {
  const ours = await createOurs(core, { keys: [key], maxTokens: REMEMBERED });
  const tokens = (make: (serial: number) => string) =>
    Array.from({ length: POOL }, (_, serial) => make(serial));
  const good = tokens((serial) => mint(key, { serial }));
  const bad = {
    'bad signature': good.map(withBadSignature),
    expired: tokens((serial) => mint(key, { serial, expiresIn: -120 })),
    'unknown kid': tokens((serial) => mint(key, { serial, kid: 'other' })),
    garbage: tokens((serial) => `${serial}${'garbage'.repeat(99)}`),
  } as const;
  const names = Object.keys(bad) as (keyof typeof bad)[];
  const measured = await interleave(
    [
      ourContender('accepted', ours, good),
      ...names.map((name) => ourContender(name, ours, bad[name], 'reject')),
    ],
    rounds,
  );
  return names.map((name) =>
    resultOf({
      name: `decision/rejection RS256 700 B: ${name}, acceptance`,
      ...compared(measured, name, 'accepted'),
      // Allows for noise: equal costs differ a little in either direction.
      target: name === 'garbage' ? 0.25 : 1.05,
    }),
  );
}
