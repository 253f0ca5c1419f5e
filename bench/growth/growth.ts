import { type Core, createOurs, decideAll, loadCore, type Ours, requestWith } from '../decision/ours.ts';
import { createKey, ISSUER, mint, type SigningKey } from '../decision/tokens.ts';
import { albEvent } from '../function/events.ts';
import { type Contender, compared, interleave, medianOf } from '../measure.ts';
import { type Result, resultOf } from '../report/results.ts';
import type { SectionOptions } from '../section.ts';

/** A flat cost stays within this ratio to the smallest size; part of it allows for noise. */
const FLAT = 1.25;

/** The memory that 10,000 tokens, the most that are kept, may take, in MB: half of the bound for longer tokens. */
const MEMORY_BOUND = 16;

export async function measureGrowth({ quick }: SectionOptions): Promise<Result[]> {
  const core = await loadCore();
  const rounds = quick ? 6 : 24;
  const key = createKey('ES256');
  return [
    ...(await providers(core, key, rounds)),
    ...(await routes(core, key, rounds)),
    ...(await keys(core, rounds)),
    ...(await tokens(core, key, rounds)),
    ...(await bodies(core, rounds)),
    heldByTokens(core, key),
  ];
}

/** Decides on remembered tokens, so that no other cost hides what grows; `from` gives the requests. */
function deciding(
  name: string,
  ours: Ours,
  from: (turn: number) => ReturnType<typeof requestWith>,
): Contender {
  let turn = 0;
  return {
    name,
    prepare(count) {
      const requests = Array.from({ length: count }, () => from(turn++));
      return () => decideAll(ours, requests, { name, wanted: 'allow' });
    },
  };
}

async function compare(
  what: string,
  contenders: readonly Contender[],
  rounds: number,
  target: number,
): Promise<Result[]> {
  const measured = await interleave(contenders, rounds);
  const [smallest, ...larger] = contenders.map(({ name }) => name);
  return larger.map((name) =>
    resultOf({
      name: `growth/${what} ${name}, ${smallest}`,
      ...compared(measured, name, smallest ?? ''),
      target,
    }),
  );
}

/** The last of many providers issued the token, on a route that accepts all of them. */
async function providers(core: Core, key: SigningKey, rounds: number): Promise<Result[]> {
  const contenders = await Promise.all(
    [1, 10, 100, 1_000].map(async (count) => {
      const names = Array.from({ length: count }, (_, index) => `p${index}`);
      const issuerOf = (name: string) => `https://${name}.example`;
      const ours = await createOurs(core, {
        keys: [key],
        policy: {
          providers: Object.fromEntries(
            names.map((name) => [
              name,
              {
                type: 'jwks',
                issuer: issuerOf(name),
                audience: ['api.example.com'],
                jwks: { keys: [key.jwk] },
              },
            ]),
          ),
          routes: [{ path: '/api/*', providers: names }],
        },
        maxTokens: 1,
      });
      const token = [0, 1].map((serial) => mint(key, { issuer: issuerOf(names.at(-1) ?? ''), serial }));
      return deciding(String(count), ours, (turn) => requestWith(token[turn % 2] ?? ''));
    }),
  );
  return compare('providers', contenders, rounds, FLAT);
}

/** The last of many routes matches. */
async function routes(core: Core, key: SigningKey, rounds: number): Promise<Result[]> {
  const token = mint(key);
  const contenders = await Promise.all(
    [1, 10, 100, 1_000].map(async (count) => {
      const paths = Array.from(
        { length: count },
        (_, index) => `/api/area-${String(index).padStart(4, '0')}`,
      );
      const ours = await createOurs(core, {
        keys: [key],
        policy: { routes: paths.map((path) => ({ path: `${path}/*`, scopes: ['read'] })) },
      });
      return deciding(String(count), ours, () => requestWith(token, `${paths.at(-1)}/x`));
    }),
  );
  return compare('routes', contenders, rounds, FLAT);
}

/** Any key in the set may have signed the token. */
async function keys(core: Core, rounds: number): Promise<Result[]> {
  const all = Array.from({ length: 100 }, (_, index) => createKey('ES256', `key-${index}`));
  const contenders = await Promise.all(
    [1, 10, 100].map(async (count) => {
      const set = all.slice(0, count);
      const ours = await createOurs(core, { keys: set, maxTokens: 1 });
      const signed = Array.from({ length: 100 }, (_, serial) =>
        mint(set[serial % count] as SigningKey, { serial }),
      );
      return deciding(String(count), ours, (turn) => requestWith(signed[turn % signed.length] ?? ''));
    }),
  );
  return compare('keys in the set', contenders, rounds, FLAT);
}

/** Many distinct tokens fill the memory and never come again; then a remembered one is decided. */
async function tokens(core: Core, key: SigningKey, rounds: number): Promise<Result[]> {
  const contenders = await Promise.all(
    [1, 1_000, 10_000, 200_000].map(async (count) => {
      const ours = await createOurs(core, { keys: [key] });
      const token = mint(key);
      await ours.decide(requestWith(token));
      // All entries share one verification result, so that no further token has to be signed.
      const verified = ours.memory.get(token);
      if (verified === undefined) throw new Error('The token is not in the memory.');
      for (let serial = 1; serial < count; serial++) ours.memory.set(unlike(token, serial), verified);
      ours.memory.set(token, verified);
      return deciding(String(count), ours, () => requestWith(token));
    }),
  );
  return compare('tokens seen', contenders, rounds, FLAT);
}

/** A unique text, as long as the token. */
const unlike = (token: string, serial: number): string =>
  Buffer.from(token.slice(0, -12) + String(serial).padStart(12, '0')).toString('latin1');

/**
 * The event as JSON, to a request and back to a response, against a floor that only parses the same JSON and decodes
 * the same body. The floor itself does not grow evenly: V8 keeps strings over 128 KB in separate memory.
 */
async function bodies(core: Core, rounds: number): Promise<Result[]> {
  const sizes = [65_536, 262_144, 1_000_000];
  const contenders = sizes.flatMap((size): Contender[] => {
    const event = JSON.stringify({
      ...JSON.parse(albEvent('a.b.c')),
      httpMethod: 'POST',
      body: Buffer.alloc(size, 7).toString('base64'),
      isBase64Encoded: true,
    });
    const repeated = (name: string, work: () => boolean): Contender => ({
      name: `${kilobytes(size)}${name}`,
      count: Math.ceil(8_000_000 / size),
      prepare: (count) => () => {
        for (let i = 0; i < count; i++) if (!work()) throw new Error('The body was lost.');
      },
    });
    return [
      repeated('', () => {
        const parsed = JSON.parse(event);
        const { body, headers } = core.requestFromAlb(parsed);
        const response = { status: 200, headers, body: body.subarray(0, 1000) };
        return body.length === size && core.responseToAlb(response, parsed) !== undefined;
      }),
      repeated(', parsed only', () => Buffer.from(JSON.parse(event).body, 'base64').length === size),
    ];
  });
  const measured = await interleave(contenders, rounds);
  const perByte = (size: number): number => medianOf(measured, kilobytes(size)) / size;
  const [smallest, ...larger] = sizes as [number, ...number[]];
  return [
    ...sizes.map(kilobytes).map((name) =>
      resultOf({
        name: `growth/body ${name}, parsing it only`,
        ...compared(measured, name, `${name}, parsed only`),
        target: FLAT,
      }),
    ),
    ...larger.map((size) =>
      resultOf({
        name: `growth/body ${kilobytes(size)}, ${kilobytes(smallest)}: time a byte`,
        ours: perByte(size),
        against: perByte(smallest),
        unit: 'ns/B',
      }),
    ),
  ];
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KB`;

/** How much the full memory of tokens really takes, against its bound. */
function heldByTokens(core: Core, key: SigningKey): Result {
  const memory = core.createTokenMemory();
  const claims = {
    iss: ISSUER,
    aud: 'api.example.com',
    sub: 'client-1',
    client_id: 'client-1',
    scope: 'read write',
    iat: 1,
    exp: 2,
  };
  const header = { alg: 'ES256', kid: key.kid } as const;
  const padding = mint(key, { length: 550 });
  const before = usedMegabytes();
  for (let serial = 0; serial < 200_000; serial++) {
    const own = JSON.parse(JSON.stringify(claims));
    memory.set(unlike(padding, serial), {
      token: { header, claims: own, padding: false },
      provenBy: [{ keys: [], byKid: new Map(), nameless: [], ignored: [] }],
      accepted: {
        provider: PROVIDER,
        header,
        identity: {
          provider: 'default',
          issuer: ISSUER,
          subject: own.sub,
          clientId: own.client_id,
          scopes: own.scope.split(' '),
          claims: own,
        },
        times: [{ exp: own.exp, nbf: undefined, iat: own.iat }],
      },
    });
  }
  const held = usedMegabytes() - before;
  if (memory.size() === 0) throw new Error('The memory is empty.');
  return resultOf({
    name: 'growth/memory of 200,000 tokens of 550 B, bound',
    ours: held,
    against: MEMORY_BOUND,
    unit: 'MB',
    target: 1,
  });
}

const PROVIDER = {
  type: 'alb-oidc',
  places: [],
  name: 'default',
  signer: 'signer',
  clientId: undefined,
  keysUrl: new URL('https://keys.example/'),
  algorithms: ['ES256'],
  types: ['jwt'],
  clockToleranceSeconds: 30,
  maxTokenAgeSeconds: undefined,
  requiredClaims: [],
  scopeClaim: undefined,
} as const;

function usedMegabytes(): number {
  if (globalThis.gc === undefined) throw new Error('Start Node.js with --expose-gc.');
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
