import { beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Snapshot } from '../../../lambda/core/snapshot/snapshot.ts';
import { publishedSchemas } from '../../../tools/json-schemas.ts';
import { createKeeperWorld, JWKS_URI } from '../../support/keeper-world.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { ISSUER, NOW } from '../../support/tokens.ts';

let world: ReturnType<typeof createKeeperWorld>;
beforeEach(() => {
  world = createKeeperWorld();
});

const versionsOf = (readings: readonly { parameters: object }[]) =>
  readings.map(({ parameters }) =>
    Object.values(parameters as Record<string, { version: number }>)
      .map(({ version }) => version)
      .join('.'),
  );

describe('a run', () => {
  test('writes the parameters with their versions, and the public part of each key set', async () => {
    expect(await world.run()).toEqual({
      versions: { issuer: 1, audience: 1, 'jwks-uri': 1, upstream: 1, policy: 1, revocations: 1 },
      parametersReadAt: NOW,
      refused: [],
    });
    const { jwk } = world.key;
    expect(world.object.snapshot()).toMatchObject({
      path: '/app',
      writtenAt: NOW,
      parametersReadAt: NOW,
      access: [{ parameters: { issuer: { value: ISSUER, version: 1 } } }],
      revocations: [{ parameters: { revocations: { value: '{}', version: 1 } } }],
      keySets: [
        {
          issuers: [ISSUER],
          location: JWKS_URI,
          fetchedAt: NOW,
          maxAgeSeconds: 300,
          keys: [{ kid: jwk.kid, kty: jwk.kty }],
        },
      ],
    });
  });

  test('writes what the published schema describes', async () => {
    const published = publishedSchemas().find(({ file }) => file === 'snapshot.schema.json');
    const validate = new Ajv2020({ strict: true }).compile(published?.document ?? {});
    await world.run();
    world.parameters.put('policy', '{');
    await world.run();
    expect(validate(JSON.parse(String(world.object.stored()?.body)))).toBe(true);
  });

  test('ignores private, symmetric and useless keys, and writes no member of a key but the public ones', async () => {
    const secret = { ...createKey('ES256', 'leaked').jwk, d: 'AAAA' };
    const { keys } = jwksOf(world.key) as { keys: object[] };
    world.documents.set(JWKS_URI, {
      keys: [
        secret,
        { kty: 'oct', k: 'AAAA' },
        { kty: 'EC' },
        ...keys.map((key) => ({ ...key, note: 'x', use: 'sig' })),
      ],
    });
    await world.run();
    const [set] = world.object.snapshot().keySets;
    expect(set?.keys).toHaveLength(1);
    expect(String(world.object.stored()?.body)).not.toMatch(/leaked|"note"|"k":|"d":/);
  });

  test('fetches from an endpoint again only when its keys would be too old before the run after next reaches every verifier', async () => {
    for (let minute = 0; minute < 10; minute++) {
      await world.run();
      world.advance(60);
    }
    expect(world.fetched).toHaveLength(4);
    world.setCacheControl('max-age=60');
    world.advance(600);
    for (let minute = 0; minute < 3; minute++) {
      await world.run();
      world.advance(60);
    }
    expect(world.fetched).toHaveLength(7);
  });

  test('keeps the keys of an endpoint that is down for four hours after they were fetched', async () => {
    await world.run();
    world.documents.set(JWKS_URI, new Error('down'));
    world.advance(4 * 3600 - 1);
    await world.run();
    expect(world.object.snapshot().keySets).toMatchObject([{ fetchedAt: NOW }]);
    world.advance(1);
    await world.run();
    expect(world.object.snapshot().keySets).toEqual([]);
    expect(world.heard('keysFailed')).toHaveLength(2);
  });

  test('leaves a set that could never be fetched to the verifiers, and raises no alarm that would never end', async () => {
    world.documents.set(JWKS_URI, new Error('only from inside the VPC'));
    for (let minute = 0; minute < 20; minute++) {
      await world.run();
      world.advance(60);
    }
    expect(world.heard('keysFailed')).toEqual([]);
    expect(world.heard('keysLeft')).toHaveLength(20);
    world.documents.set(JWKS_URI, jwksOf(world.key));
    await world.run();
    world.documents.set(JWKS_URI, new Error('down'));
    world.advance(600);
    await world.run();
    expect(world.heard('keysFailed')).toHaveLength(1);
  });

  test('counts a set that could never be fetched as failed if verifiers cannot fetch it either', async () => {
    world.documents.set(JWKS_URI, new Error('down'));
    await world.keeper({ egress: false })();
    expect(world.heard('keysFailed')).toHaveLength(1);
    expect(world.heard('keysLeft')).toEqual([]);
  });

  test('drops the keys of an issuer or a URL that has changed', async () => {
    await world.run();
    world.parameters.put('jwks-uri', 'https://issuer.example/other');
    await world.run();
    expect(world.object.snapshot().keySets).toEqual([]);
  });
});

describe('an invalid value in SSM', () => {
  test('is written and reported once, with the last good values and those before', async () => {
    await world.run();
    world.parameters.put('policy', '{"routes":[{"path":"/api/a"}]}');
    await world.run();
    world.parameters.put('policy', '{"rutes":[]}');
    world.advance(30);
    const result = await world.run();
    expect(result.versions.policy).toBe(2);
    expect(result.refused).toEqual([expect.stringContaining('/app/policy: rutes')]);
    expect(versionsOf(world.object.snapshot().access)).toEqual(['1.1.1.1.3', '1.1.1.1.2', '1.1.1.1.1']);
    world.advance(60);
    await world.run();
    expect(world.heard('refused')).toHaveLength(1);
    expect(world.heard('written').at(-1)).toEqual([{ parametersAge: 0, refusedFor: 60 }]);
  });

  test('counts from the first rejection, whatever has been put since', async () => {
    await world.run();
    for (const policy of ['{', '[', '{"x":1}']) {
      world.parameters.put('policy', policy);
      await world.run();
      world.advance(60);
    }
    expect(world.object.snapshot().access[0]?.refused?.since).toBe(NOW);
    world.parameters.put('policy', '{}');
    await world.run();
    expect(world.heard('written').at(-1)).toEqual([{ parametersAge: 0, refusedFor: 0 }]);
  });

  test('in one unit leaves the other in force', async () => {
    await world.run();
    world.parameters.put('policy', '{');
    world.parameters.put('revocations', `{"${ISSUER}":{"sub":["mallory"]}}`);
    await world.run();
    const { access, revocations } = world.object.snapshot();
    expect(access[0]?.refused).toBeDefined();
    expect(revocations[0]).toMatchObject({ parameters: { revocations: { version: 2 } } });
    expect(revocations[0]?.refused).toBeUndefined();
  });

  test('does not include revocations of an issuer without a provider: they go into the snapshot as they are', async () => {
    const revocations = '{"https://gone.example":{"subIssuedBefore":{"mallory":1790000000}}}';
    world.parameters.put('revocations', revocations);
    expect(await world.run()).toMatchObject({ refused: [] });
    expect(world.object.snapshot().revocations).toEqual([
      { parameters: { revocations: expect.objectContaining({ value: revocations }) } },
    ]);
    expect(world.heard('refused')).toEqual([]);
  });

  test('may be missing, and is used again once it is created anew, although its version is 1', async () => {
    world.parameters.put('policy', '{"routes":[]}');
    await world.run();
    world.parameters.delete('policy');
    expect((await world.run()).refused).toEqual(['/app/policy: is missing']);
    world.parameters.put('policy', '{"preserveHost":true}');
    expect((await world.run()).versions.policy).toBe(1);
  });

  test('may be a provider of signed headers whose keys verifiers cannot fetch', async () => {
    const instanceArn = 'arn:aws:ec2:eu-west-1:123456789012:verified-access-instance/vai-0';
    world.parameters.put(
      'policy',
      JSON.stringify({ providers: { staff: { type: 'verified-access', instanceArn } } }),
    );
    expect((await world.run()).refused).toEqual([]);
    expect((await world.keeper({ egress: false })()).refused).toEqual([
      expect.stringMatching(/policy: providers\.staff: .*functionEgress=false/),
    ]);
  });
});

describe('never back in time', () => {
  test('an outdated response from SSM is not written', async () => {
    const past = world.parameters.now();
    world.parameters.put('issuer', 'https://other.example');
    await world.run();
    const { read } = world.parameters;
    world.parameters.read = async () => past;
    const keeper = world.keeper();
    world.parameters.read = read;
    await keeper();
    expect(world.object.snapshot().access[0]?.parameters.issuer).toMatchObject({ version: 2 });
  });

  test('a keeper that is overtaken starts over, and nothing that the other one wrote is lost', async () => {
    await world.run();
    world.object.interruptNext(async () => {
      world.parameters.put('audience', 'later.example');
      world.advance(1);
      await world.keeper()();
    });
    world.advance(1);
    expect((await world.run()).versions.audience).toBe(2);
    expect(world.object.snapshot().access[0]?.parameters.audience?.value).toBe('later.example');
  });

  test('a snapshot that is removed in the meantime is not written again, because its stack is being deleted', async () => {
    await world.run();
    world.object.interruptNext(async () => world.object.remove());
    await expect(world.run()).rejects.toThrow('removed');
    expect(world.object.stored()).toBeUndefined();
  });

  test('two keepers that start at the same time write one first snapshot', async () => {
    world.object.interruptNext(() => world.keeper()());
    await world.run();
    expect(world.object.writes()).toBe(1);
  });

  test('a keeper that keeps being overtaken gives up', async () => {
    const overtake = async (): Promise<void> => {
      world.object.replace('{}');
      world.object.interruptNext(overtake);
    };
    await world.run();
    world.object.interruptNext(overtake);
    await expect(world.run()).rejects.toThrow('other keepers kept writing the snapshot');
  });

  test("each snapshot is later than the one before, even if its keeper's clock is not", async () => {
    await world.keeper({ aheadSeconds: 40 })();
    const { writtenAt } = world.object.snapshot();
    await world.run();
    expect(world.object.snapshot().writtenAt).toBeGreaterThan(writtenAt);
    expect(world.object.snapshot().parametersReadAt).toBe(NOW);
  });

  test('a key set from the future is fetched again, so that a wrong clock does not keep a removed key in force', async () => {
    await world.keeper({ aheadSeconds: 3600 })();
    world.documents.set(JWKS_URI, jwksOf(createKey('ES256', 'new')));
    await world.run();
    expect(world.object.snapshot().keySets).toMatchObject([{ fetchedAt: NOW, keys: [{ kid: 'new' }] }]);
  });
});

describe('if something is down', () => {
  test('SSM: key sets are still updated, the time of the last reading stays, and the run fails', async () => {
    await world.run();
    world.parameters.fail(new Error('throttled'));
    world.advance(600);
    await expect(world.run()).rejects.toThrow('throttled');
    expect(world.object.snapshot()).toMatchObject({
      parametersReadAt: NOW,
      keySets: [{ fetchedAt: NOW + 600 }],
    });
    expect(world.heard('written').at(-1)).toEqual([{ parametersAge: 600, refusedFor: 0 }]);
  });

  test('SSM, before there is any snapshot: nothing is written', async () => {
    world.parameters.fail(new Error('throttled'));
    await expect(world.run()).rejects.toThrow('throttled');
    expect(world.object.stored()).toBeUndefined();
  });

  test('S3: the run fails', async () => {
    world.object.fail(new Error('status 503'));
    await expect(world.run()).rejects.toThrow('status 503');
  });
});

describe('an object that is not a valid snapshot is replaced', () => {
  test.each([
    ['not JSON', '{'],
    ['another format', '{"version":7}'],
    ['empty', ''],
  ])('%s', async (_, text) => {
    world.object.replace(text);
    await world.run();
    expect(world.object.snapshot().parametersReadAt).toBe(NOW);
    expect(world.heard('note')).toHaveLength(1);
  });

  test('one for parameters under another path', async () => {
    await world.keeper({ path: '/before' })();
    world.parameters.put('policy', '{');
    await world.run();
    expect(world.object.snapshot().path).toBe('/app');
    expect(world.object.snapshot().access).toHaveLength(1);
  });
});

describe('a snapshot that verifiers could not read is not written', () => {
  const providersOf = (issuers: readonly string[]) => ({
    providers: Object.fromEntries(
      issuers.map((issuer, index) => [
        `p${index}`,
        { type: 'jwks', issuer, audience: ['a'], jwksUri: `${issuer}/jwks` },
      ]),
    ),
  });

  test('a key with a "kid" of any length affects nothing else', async () => {
    const issuer = 'https://partner.example';
    world.documents.set(`${issuer}/jwks`, {
      keys: [{ ...createKey('ES256').jwk, kid: 'x'.repeat(5000) }, createKey('ES256', 'good').jwk],
    });
    world.parameters.put('policy', JSON.stringify(providersOf([issuer])));
    await world.run();
    expect(world.object.snapshot().keySets.flatMap(({ keys }) => keys.map(({ kid }) => kid))).toEqual([
      world.key.kid,
      'good',
    ]);
  });

  test.each([
    ['an issuer', 'issuer', `https://issuer.example/${'i'.repeat(3000)}`],
    ['a URL that grows by its escapes', 'jwks-uri', `https://issuer.example/${'é'.repeat(2000)}`],
  ] as const)('neither does %s of any length', async (_, name, value) => {
    world.parameters.put(name, value);
    await world.run();
    expect(world.object.snapshot().access[0]?.parameters[name]?.version).toBe(2);
  });

  test('a large key set gives way to small ones', async () => {
    const issuers = Array.from({ length: 8 }, (_, index) => `https://i${index}.example`);
    for (const [index, issuer] of issuers.entries()) {
      const keys = Array.from({ length: index < 3 ? 100 : 1 }, (_, key) => ({
        ...createKey('ES256').jwk,
        kid: `${key}${'x'.repeat(4000)}`,
      }));
      world.documents.set(`${issuer}/jwks`, { keys });
    }
    world.parameters.put('policy', JSON.stringify(providersOf(issuers)));
    await world.run();
    const kept = world.object.snapshot().keySets.map(({ issuers: [first] }) => first);
    expect(kept).toEqual(expect.arrayContaining(issuers.slice(3)));
    expect(world.heard('note')).toMatchObject([[expect.anything(), { left: 2 }]]);
  });
});

describe('a forged snapshot', () => {
  test.each([
    [
      'a parameter',
      (snapshot: Snapshot) => ({
        ...snapshot,
        revocations: [
          { parameters: { revocations: { value: '{}', version: 1, modifiedAt: 99_999_999_999 } } },
        ],
      }),
    ],
    ['its order', (snapshot: Snapshot) => ({ ...snapshot, writtenAt: 99_999_999_999 })],
    ['its reading', (snapshot: Snapshot) => ({ ...snapshot, parametersReadAt: 99_999_999_999 })],
  ])('with the time of %s in the future is replaced', async (_, forge) => {
    await world.run();
    world.object.replace(JSON.stringify(forge(world.object.snapshot())));
    world.parameters.put('revocations', `{"${ISSUER}":{"sub":["mallory"]}}`);
    await world.run();
    expect(world.object.snapshot()).toMatchObject({
      writtenAt: NOW,
      revocations: [{ parameters: { revocations: { version: 2 } } }],
    });
  });

  test.each(['zeros', 'objects'])('with many %s takes only a fraction of the memory', async (what) => {
    const items = Array.from({ length: 300_000 }, () => (what === 'zeros' ? '0' : '{}'));
    world.object.replace(`{"keySets":[${items.join()}]}`);
    await world.run();
    expect(world.object.snapshot().parametersReadAt).toBe(NOW);
  });
});

describe('a forged parameter', () => {
  test('that seems to have been put now gives way to the value in SSM within minutes', async () => {
    await world.run();
    world.advance(86_400);
    const { access, ...snapshot } = world.object.snapshot();
    const forged = {
      ...access[0]?.parameters,
      issuer: { value: 'https://evil.example', version: 9, modifiedAt: NOW + 86_400 },
    };
    world.object.replace(JSON.stringify({ ...snapshot, access: [{ parameters: forged }] }));
    for (let minute = 0; minute < 6; minute++) {
      await world.run();
      world.advance(61);
    }
    expect(world.object.snapshot().access[0]?.parameters.issuer?.value).toBe(ISSUER);
  });
});

test('an encrypted value that exceeds the limit is rejected like any other', async () => {
  await world.run();
  world.parameters.put('policy', 'x'.repeat(11_000));
  world.parameters.put('revocations', `{"${ISSUER}":{"sub":["mallory"]}}`);
  expect((await world.run()).refused).toEqual([expect.stringContaining('/app/policy')]);
  expect(world.object.snapshot().revocations[0]?.parameters.revocations?.version).toBe(2);
});

test('a keeper of an earlier version that rejects the current values keeps the keys fresh by the previous ones', async () => {
  await world.run();
  world.parameters.put('policy', '{"preserveHost":true}');
  await world.run();
  // What the later version had put and accepted.
  const { access } = world.object.snapshot();
  const later = {
    ...access[0]?.parameters,
    policy: { value: '{"soon":1}', version: 3, modifiedAt: NOW + 1 },
  };
  world.parameters.put('policy', '{"soon":1}');
  world.object.replace(
    JSON.stringify({ ...world.object.snapshot(), access: [{ parameters: later }, access[0]] }),
  );
  world.advance(600);
  const result = await world.run();
  expect(result.refused).toHaveLength(1);
  expect(result.versions.policy).toBe(2);
  expect(world.object.snapshot().keySets).toMatchObject([{ fetchedAt: NOW + 600 }]);
});

test('without valid parameters the key sets stay and none is fetched, because it is unknown whom to trust', async () => {
  await world.run();
  const snapshot = world.object.snapshot();
  world.parameters.put('policy', '{');
  const bad = [
    {
      parameters: { policy: { value: '{', version: 2, modifiedAt: NOW } },
      refused: { since: NOW, problems: ['x'] },
    },
  ];
  world.object.replace(JSON.stringify({ ...snapshot, access: bad }));
  world.advance(600);
  const before = world.fetched.length;
  await world.run();
  expect(world.object.snapshot().keySets).toMatchObject([{ fetchedAt: NOW }]);
  expect(world.fetched).toHaveLength(before);
  world.advance(4 * 60 * 60);
  await world.run();
  expect(world.object.snapshot().keySets).toEqual([]);
});

test('a keeper that was overtaken by one with the same findings writes nothing', async () => {
  await world.run();
  world.advance(60);
  world.parameters.put('audience', 'later.example');
  world.object.interruptNext(() => world.keeper()());
  expect((await world.run()).versions.audience).toBe(2);
  expect(world.object.writes()).toBe(2);
});

test('if verifiers cannot fetch keys, the keeper fetches them every three minutes, whatever the issuer allows', async () => {
  world.setCacheControl('max-age=3600');
  const run = world.keeper({ egress: false });
  for (let minute = 0; minute < 10; minute++) {
    await run();
    world.advance(60);
  }
  expect(world.fetched).toHaveLength(4);
});

test('the time of a reading is that of the request', async () => {
  const { read } = world.parameters;
  world.parameters.read = async () => {
    world.advance(30);
    return read();
  };
  const run = world.keeper();
  world.parameters.read = read;
  expect((await run()).parametersReadAt).toBe(NOW);
});

test('key sets that do not fit are left to the verifiers', async () => {
  const large = Array.from({ length: 100 }, (_, index) => ({
    ...createKey('ES256').jwk,
    kid: `${index}${'x'.repeat(2000)}`,
  }));
  const providers = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => {
      const jwksUri = `https://issuer.example/${index}`;
      world.documents.set(jwksUri, { keys: large });
      return [`p${index}`, { type: 'jwks', issuer: `https://p${index}.example`, audience: ['a'], jwksUri }];
    }),
  );
  world.parameters.put('policy', JSON.stringify({ providers }));
  await world.run();
  expect(world.object.stored()?.body.length).toBeLessThan(1024 * 1024);
  expect(world.object.snapshot().keySets.length).toBeGreaterThan(0);
  expect(world.heard('note')).toHaveLength(1);
});
