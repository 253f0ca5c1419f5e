import { authorize } from './core/authorize.ts';
import { parseConfig } from './core/config/parse.ts';
import { valuesOf } from './core/config/reading.ts';
import type { Decision } from './core/decision.ts';
import { parseKeySet } from './core/keys/key-set.ts';
import { selectKeys } from './core/keys/select.ts';
import { parseSnapshot, readingsOf } from './core/snapshot/snapshot.ts';
import { createTokenMemory } from './core/token-memory.ts';

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The largest number of 2048 bits. Any modulus will do, since no real key has to match it. */
const MODULUS = `${'_'.repeat(341)}w`;

const VALUES = {
  issuer: 'https://rehearsal.example',
  audience: 'rehearsal',
  'jwks-uri': 'discover',
  upstream: 'whoami',
  policy: '{}',
};

const reading = (values: object) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, version: 1, modifiedAt: 0 }]),
  );

const SNAPSHOT = {
  path: '/rehearsal',
  writtenAt: 0,
  parametersReadAt: 0,
  access: [{ parameters: reading(VALUES) }],
  revocations: [{ parameters: reading({ revocations: '{}' }) }],
  keySets: [
    {
      issuers: [VALUES.issuer],
      location: 'discover',
      fetchedAt: 0,
      maxAgeSeconds: 60,
      keys: [{ kty: 'RSA', kid: '1', alg: 'RS256', n: MODULUS, e: 'AQAB' }],
    },
  ],
};

const CLAIMS = { iss: VALUES.issuer, aud: VALUES.audience, sub: '1', exp: 1 };
const TOKEN = `${base64url({ alg: 'RS256', kid: '1' })}.${base64url(CLAIMS)}.${'A'.repeat(342)}`;

/**
 * Runs through, on a made-up snapshot, what a cold start must do once the real one has arrived: parse it, import its
 * keys and decide on a request. Node.js compiles a function on its first call, and loads many of its own parts on
 * first use; all of that fits into the time that the network takes. The results are dropped. `turn` lets the network
 * continue in between.
 */
export async function rehearse(turn: () => Promise<unknown>): Promise<Decision> {
  await turn();
  // Node.js creates stdout on first use, which would otherwise be for the metric of the snapshot's age.
  void process.stdout;
  const snapshot = parseSnapshot(Buffer.from(JSON.stringify(SNAPSHOT)));
  if ('problem' in snapshot) throw new Error(snapshot.problem);
  await turn();
  const set = await parseKeySet(snapshot.keySets[0]);
  if ('problem' in set) throw new Error(set.problem);
  await turn();
  const [access, revocations] = [readingsOf(snapshot, 'access')[0], readingsOf(snapshot, 'revocations')[0]];
  const parsed = await parseConfig(valuesOf({ ...access, ...revocations }), '1');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  await turn();
  const request = {
    method: 'GET',
    path: '/api/rehearsal',
    query: '',
    headers: [['authorization', `Bearer ${TOKEN}`]] as const,
    body: Buffer.of(),
  };
  return authorize(request, parsed.config, {
    now: () => 0,
    memory: createTokenMemory(),
    resolveKeys: (_, { alg, kid }) => selectKeys(set, alg, kid),
  });
}
