import { createTokenMemory } from '../../lambda/core/token-memory.ts';
import type { VerifiedToken } from '../../lambda/core/verified-token.ts';
import { providerOf } from '../support/provider.ts';
import { base64url, claimsOf, ISSUER } from '../support/tokens.ts';

/**
 * Measures what 200,000 distinct tokens leave on the heap, by the size of their claims:
 * `node --expose-gc --import tsx test/fuzz/memory.ts`. Not a test, because a heap size has no pass or fail.
 */
const TOKENS = 200_000;

const { gc } = globalThis as { gc?: () => void };
if (gc === undefined) {
  console.error('Run it with: node --expose-gc --import tsx test/fuzz/memory.ts');
  process.exit(2);
}
const heap = (): number => {
  for (let i = 0; i < 3; i++) gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
};

const provider = providerOf();
const set = { keys: [], byKid: new Map(), nameless: [], ignored: [] };

/** A token as it arrives, and the result of its verification. */
function verifiedToken(n: number, extra: number): [string, VerifiedToken] {
  const text = JSON.stringify(claimsOf({ jti: `token-${n}`, filler: `${n}`.repeat(extra) }));
  const claims = JSON.parse(text);
  const identity = {
    provider: 'default',
    issuer: ISSUER,
    subject: 'client-1',
    clientId: 'client-1',
    scopes: ['read', 'write'],
    claims,
  };
  const token = `${base64url(`{"alg":"RS256","n":${n}}`)}.${base64url(text)}.${String(n).padStart(342, 's')}`;
  return [
    token,
    {
      token: { header: { alg: 'RS256', kid: 'key-1' }, claims, padding: false },
      provenBy: [set],
      accepted: {
        provider,
        header: { alg: 'RS256', kid: 'key-1' },
        identity,
        times: [{ exp: 2, nbf: undefined, iat: 1 }],
      },
    },
  ];
}

function measure(extra: number): void {
  const before = heap();
  const memory = createTokenMemory();
  let length = 0;
  for (let n = 0; n < TOKENS; n++) {
    const [token, verified] = verifiedToken(n, extra);
    memory.set(token, verified);
    length = token.length;
  }
  const grown = heap() - before;
  // Reads it after measuring the heap, to keep the memory alive until then.
  const kept = `${memory.size()} kept, heap grown by ${grown.toFixed(1)} MB`;
  console.log(`${TOKENS} tokens of ${length} characters: ${kept}`);
}

// The first round absorbs one-time compilation and interning.
for (const extra of [1, 1, 100, 500, 1500]) {
  measure(extra);
  await new Promise((resolve) => setImmediate(resolve));
}
