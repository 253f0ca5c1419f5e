import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DocumentNotFound } from '../../../lambda/io/fetch-document.ts';
import { accountOf, CommandFailure } from '../../../tools/arguments.ts';
import { checkParameters } from '../../../tools/check-config/check.ts';
import { localStack } from '../../../tools/init/local-stack.ts';
import { valuesOf } from '../../../tools/init/policy-of.ts';
import { reportText } from '../../../tools/init/report.ts';
import { plain } from '../../../tools/terminal-colors.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import {
  DISCOVERY,
  type Documents,
  folder,
  ISSUER,
  KEY_SET,
  KEYS,
  METADATA,
  OAUTH_DISCOVERY,
  runInit,
} from './init-world.ts';

let place = folder();
beforeEach(() => {
  place.remove();
  place = folder();
});
afterAll(() => place.remove());

/** What init says if it does not write. */
async function refusal(documents: Documents, issuers: readonly string[] = [ISSUER], jwksUri?: string) {
  const given = {
    audience: 'https://api.example.com',
    ...(jwksUri !== undefined && { 'jwks-uri': jwksUri }),
  };
  const error: unknown = await runInit(place.file(), { issuers, given }, { documents }).catch(
    (reason: unknown) => reason,
  );
  expect(place.names()).toEqual([]);
  expect(error).toBeInstanceOf(CommandFailure);
  return (error as Error).message;
}

describe('an issuer that publishes what it should', () => {
  test('is trusted, and each document is fetched once', async () => {
    const run = await runInit(place.file());
    expect(run.asked.toSorted()).toEqual([DISCOVERY, KEYS]);
    expect(run.decided).toMatchObject({
      issuer: ISSUER,
      jwksUri: 'discover',
      audience: 'https://api.example.com',
    });
    expect(run.written).toEqual({
      providers: { default: { type: 'jwks', algorithms: ['ES256'] } },
      unmatched: 'deny',
      routes: [{ path: '/api/*' }],
    });
  });
  test('gets its key set by URL if it has only the document of RFC 8414, which the function does not look for', async () => {
    const issuer = `${ISSUER}/tenants/one`;
    const document = `${ISSUER}/.well-known/oauth-authorization-server/tenants/one`;
    const documents = { [document]: { ...METADATA, issuer }, [DISCOVERY]: new Error('not this one') };
    const { decided, discovered } = await runInit(place.file(), { issuers: [issuer] }, { documents });
    expect(decided).toMatchObject({ issuer, jwksUri: KEYS });
    expect(discovered?.url.href).toBe(document);
  });
  test.each([
    ['is not there', undefined],
    ['responded with status 503', new Error(`${DISCOVERY}: responded with status 503`)],
    ['is not a JSON object', '<html>'],
  ])(
    'gets a note that says why the key set is named by URL: the other document %s',
    async (reason, other) => {
      const documents = { [OAUTH_DISCOVERY]: METADATA, [DISCOVERY]: other ?? new DocumentNotFound('404') };
      const { decided, notes } = await runInit(place.file(), {}, { documents });
      expect(decided.jwksUri).toBe(KEYS);
      expect(notes).toContain(
        `jwks-uri names the key set, because the function cannot discover it: ${DISCOVERY}: ${reason}`,
      );
      const both = await runInit(place.file('b.json'), {}, { documents: { [OAUTH_DISCOVERY]: METADATA } });
      expect(both.notes.join()).not.toContain('jwks-uri names');
    },
  );
  test('keeps the algorithms of a preset if its keys are good for one of them', async () => {
    const issuer = 'https://example.okta.com/oauth2/default';
    const keys = jwksOf(createKey('RS256', 'a'), createKey('ES256', 'b'));
    const documents = {
      [`${issuer}/.well-known/openid-configuration`]: { ...METADATA, issuer, jwks_uri: `${issuer}/keys` },
      [`${issuer}/keys`]: keys,
    };
    const { decided } = await runInit(place.file(), { issuers: [issuer] }, { documents });
    expect(decided.policy.providers?.default).toMatchObject({ algorithms: ['RS256'] });
    const other = { ...documents, [`${issuer}/keys`]: KEY_SET };
    const changed = await runInit(place.file('b.json'), { issuers: [issuer] }, { documents: other });
    expect(changed.decided.policy.providers?.default).toMatchObject({ algorithms: ['ES256'] });
  });
  test('gets a note about a token endpoint and keys on other hosts', async () => {
    const elsewhere = {
      ...METADATA,
      jwks_uri: 'https://keys.example.net/jwks',
      token_endpoint: 'https://evil.example/token',
    };
    const documents = { [DISCOVERY]: elsewhere, 'https://keys.example.net/jwks': KEY_SET };
    const { notes } = await runInit(place.file(), {}, { documents });
    expect(notes).toContain("the keys are at a host other than the issuer's: keys.example.net");
    expect(notes).toContain("clients send their secrets to a host other than the issuer's: evil.example");
  });
  test('is sent no secret in the clear', async () => {
    const documents = { [DISCOVERY]: { ...METADATA, token_endpoint: 'http://login.example.com/token' } };
    const { notes, steps } = await runInit(place.file(), {}, { documents });
    expect(notes).toContainEqual(
      expect.stringMatching(/"token_endpoint" that must be https .*: send no secret there/),
    );
    expect(JSON.stringify(steps)).not.toContain('http://login.example.com/token');
  });
  test.each([
    ['paths', '/api,/api/*,/v2/*,/apis/x', ' must cover /v2/*, /apis/x as well'],
    ['claim', ['team=a,b'], '"a,b" is one value of the claim team: for several, give --claim once for each'],
    [
      'claim',
      ['email_verified=true'],
      'the claim email_verified is compared with the string "true": if the tokens have it as a JSON boolean',
    ],
    [
      'claim',
      ['level=3'],
      'the claim level is compared with the string "3": if the tokens have it as a JSON number',
    ],
    ['scopes', 'a,b c', '"a,b" is one scope: spaces separate several'],
  ])('gets a note about what --%s %s may mean instead', async (name, value, note) => {
    const given = { audience: 'a', [name]: value };
    const { notes } = await runInit(place.file(), { given });
    expect(notes).toContainEqual(expect.stringContaining(note));
    const plainly = { audience: 'a', claim: ['team=a'], scopes: 'a:b c', paths: '/api/orders/*' };
    const other = await runInit(place.file('b.json'), { given: plainly });
    expect(other.notes.join()).not.toMatch(/is one (?:value|scope)|compared with the text|must cover/);
  });
  test.each([
    ['without a token endpoint', { token_endpoint: undefined }, /names no "token_endpoint".*only ID tokens/],
    [
      'without client credentials',
      { grant_types_supported: ['implicit'] },
      /does not list the grant client_credentials/,
    ],
  ])('gets a note if it comes %s', async (_what, change, note) => {
    const documents = { [DISCOVERY]: { ...METADATA, ...change } };
    const { notes } = await runInit(place.file(), {}, { documents });
    expect(notes).toContainEqual(expect.stringMatching(note));
  });
});

test('keys of a public issuer are never fetched from this machine, whichever document names them', async () => {
  for (const [name, place8414] of [
    ['a.json', false],
    ['b.json', true],
  ] as const) {
    const documents = place8414 ? { [DISCOVERY]: new Error('gone'), [OAUTH_DISCOVERY]: METADATA } : {};
    const { asked, elsewhere } = await runInit(place.file(name), {}, { documents });
    expect(asked).toContain(KEYS);
    expect(elsewhere.toSorted()).toEqual(asked.toSorted());
  }
});

describe('rejects what would not work, and says what to do:', () => {
  test.each<[string, object, RegExp]>([
    [
      'the issuer with a slash',
      { issuer: `${ISSUER}/` },
      /the configured one lacks the slash at the end.*npm run init -- https:\/\/login\.example\.com\/$/,
    ],
    [
      'the issuer in upper case',
      { issuer: 'https://LOGIN.example.com' },
      /only in upper and lower case.*run {2}npm run init -- https:\/\/LOGIN/,
    ],
    [
      'another issuer',
      { issuer: 'https://evil.example' },
      /names another issuer, https:\/\/evil\.example: run init with the exact "iss"/,
    ],
    ['no issuer', { issuer: undefined }, /names no "issuer": it is not the discovery document/],
    ['an issuer that is a list', { issuer: [ISSUER] }, /names no "issuer"/],
    [
      'a shared secret',
      { id_token_signing_alg_values_supported: ['HS256'] },
      /lists only HS256 as signing algorithms.*RS256, ES256/,
    ],
    ['no signature', { id_token_signing_alg_values_supported: ['none'] }, /lists only none as signing/],
    ['no key set', { jwks_uri: undefined }, /names no "jwks_uri".*--jwks-uri URL.*opaque/],
    [
      'a key set over http',
      { jwks_uri: 'http://login.example.com/jwks' },
      /which the function never calls, as it must be https/,
    ],
    [
      'a key set on this machine',
      { jwks_uri: 'https://localhost/jwks' },
      /as it must not be a loopback address/,
    ],
    [
      'a key set on this machine, by number',
      { jwks_uri: 'http://127.0.0.1:8080/jwks' },
      /as it must not be a loopback address/,
    ],
    [
      'a key set of the cloud',
      { jwks_uri: 'http://169.254.169.254/latest' },
      /as it must not be a link-local address/,
    ],
    [
      'a key set with a password',
      { jwks_uri: 'https://a:b@login.example.com/jwks' },
      /must not contain credentials/,
    ],
    ['a key set that is a file', { jwks_uri: 'file:///etc/passwd' }, /is not an https URL/],
  ])('%s', async (_what, change, message) => {
    expect(await refusal({ [DISCOVERY]: { ...METADATA, ...change } })).toMatch(message);
  });
  test.each<[string, Documents, RegExp]>([
    [
      'a document that nobody may read',
      { [DISCOVERY]: new Error(`${DISCOVERY}: responded with status 403`) },
      /status 403\n.*oauth-authorization-server: is not there\nNo discovery document could be read: .*--jwks-uri URL.*--offline/,
    ],
    [
      'a redirect',
      { [DISCOVERY]: new Error(`${DISCOVERY}: responded with status 302`) },
      /responded with status 302/,
    ],
    [
      'a page of HTML',
      { [DISCOVERY]: '<html>', [OAUTH_DISCOVERY]: '[]' },
      /is not a JSON object\n.*is not a JSON object\nNo discovery document could be read: /,
    ],
    ['an empty key set', { [KEYS]: { keys: [] } }, /The keys cannot be used: .*no usable key.*--offline/],
    ['secret keys', { [KEYS]: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, /The keys cannot be used/],
    [
      'keys that are not there',
      { [KEYS]: new Error(`${KEYS}: timeout`) },
      /The keys cannot be used: .*timeout/,
    ],
  ])('%s', async (_what, documents, message) => {
    expect(await refusal(documents)).toMatch(message);
  });
  test.each([
    [
      "Okta's own server",
      'https://example.okta.com',
      /such as https:\/\/example\.okta\.com\/oauth2\/default/,
    ],
    ['GitHub for logins', 'https://github.com/login/oauth', /token\.actions\.githubusercontent\.com/],
    [
      'Entra for any tenant',
      'https://login.microsoftonline.com/common/v2.0',
      /^ISSUER: https:\S+ does not name a tenant of Entra ID by its id/,
    ],
    ['the address of the document', DISCOVERY, /use the "issuer" in that document/],
    ["Cognito's domain", 'https://acme.auth.eu-west-1.amazoncognito.com', /is the domain where users log in/],
    [
      'an issuer without a document',
      'https://none.example.com',
      /is not there\n.*is not there\nThere is no discovery document: .*--jwks-uri URL.*--offline/,
    ],
    ['plain http', 'http://login.example.com', /must be https/],
    ['a name', 'login.example.com', /^--jwks-uri: cannot be discovered, .* is not an absolute URL/],
  ])('%s', async (_what, issuer, message) => {
    expect(await refusal({}, [issuer])).toMatch(message);
  });
  test('a key set that is given by hand, and whose document names another issuer', async () => {
    const documents = { [DISCOVERY]: { ...METADATA, issuer: `${ISSUER}/` } };
    expect(await refusal(documents, [ISSUER], KEYS)).toMatch(/lacks the slash/);
  });
});

test('if a key set is given by hand, the document need not name one, or even exist', async () => {
  const given = { audience: 'a', 'jwks-uri': KEYS };
  for (const [name, document] of [
    ['a.json', { issuer: ISSUER }],
    ['b.json', new Error('gone')],
  ] as const) {
    const { decided } = await runInit(place.file(name), { given }, { documents: { [DISCOVERY]: document } });
    expect(decided.jwksUri).toBe(KEYS);
  }
});

test('says how to start a laptop stack that is not running', async () => {
  const run = runInit(place.file(), { issuers: [], given: {}, local: localStack(9000) });
  await expect(run).rejects.toThrow(
    /localhost:9001\/\.well-known[\s\S]*start it with npm start, and give --port N/,
  );
});

test.each([
  [
    'started with --issuer is named with that issuer',
    'https://login.example.com/realms/a b',
    / because it was started with --issuer or --port 0: .*npm run init -- 'https:\/\/login\.example\.com\/realms\/a b' --local --port 9000$/,
  ],
  [
    'without a default issuer is distinguished from one that is not running',
    'none',
    / npm run init -- ISSUER --local --port 9000$/,
  ],
  [
    'whose authorization server is out is distinguished from one that is not running',
    'http://localhost:9001',
    / runs, but .*end its outage/,
  ],
])('a laptop stack %s', async (_, running, message) => {
  const request = { issuers: [], given: {}, local: localStack(9000) };
  await expect(runInit(place.file(), request, { running })).rejects.toThrow(message);
});

test('a named issuer that has no document says nothing about the laptop stack', async () => {
  const request = { issuers: ['https://gone.example.com'], local: localStack() };
  await expect(runInit(place.file(), request)).rejects.toThrow(
    /There is no discovery document: give the exact "iss"/,
  );
});

test('--offline contacts nobody', async () => {
  const { asked, keys, steps } = await runInit(place.file(), { offline: true });
  expect({ asked, keys }).toEqual({ asked: [], keys: undefined });
  expect(steps[0]?.commands[0]).toMatch(/--strict$/);
});

describe('a hostile document', () => {
  const evil = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      "https://login.example.com/'$(touch pwned)'",
      'https://login.example.com/\u001b[31m',
      'https://login.example.com/\n::error::x',
      '\u202e',
      '__proto__',
      `${ISSUER}/x?y=\`id\``,
      'x'.repeat(5000),
    ),
    fc.jsonValue(),
  );
  const metadata = fc.record(
    {
      issuer: fc.oneof({ weight: 4, arbitrary: fc.constant<unknown>(ISSUER) }, evil),
      jwks_uri: fc.oneof({ weight: 4, arbitrary: fc.constant<unknown>(KEYS) }, evil),
      token_endpoint: evil,
      id_token_signing_alg_values_supported: fc.oneof(fc.array(evil), evil),
      grant_types_supported: fc.oneof(fc.array(evil), evil),
      token_endpoint_auth_methods_supported: fc.oneof(fc.array(evil), evil),
    },
    { requiredKeys: [] },
  );
  const keys = fc.record({
    keys: fc.array(
      fc.oneof(fc.constant(KEY_SET.keys[0]), evil, fc.record({ kid: evil, kty: evil, alg: evil })),
      { maxLength: 4 },
    ),
  });

  test('never leads to an invalid policy, nor to a character that a terminal obeys', async () => {
    let written = 0;
    await fc.assert(
      fc.asyncProperty(metadata, keys, async (document, set) => {
        place.remove();
        place = folder();
        const documents = { [DISCOVERY]: document, [KEYS]: set };
        let text: string;
        try {
          const run = await runInit(place.file(), {}, { documents });
          text = reportText(run, plain);
          written++;
          const { problems, warnings } = await checkParameters(valuesOf(run.decided));
          expect([...problems, ...warnings]).toEqual([]);
          expect(run.decided.issuer).toBe(ISSUER);
          for (const url of run.asked)
            expect(new URL(url).hostname).not.toMatch(/localhost|^127\.|^169\.254/);
        } catch (error) {
          if (!(error instanceof CommandFailure)) throw error;
          text = accountOf(error, '');
          expect(place.names()).toEqual([]);
        }
        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|^::/mu);
        expect(text.length).toBeLessThan(20_000);
      }),
      { numRuns: 120 },
    );
    expect(written).toBeGreaterThan(0);
  });
  test('adds no member of its own to anything by __proto__', async () => {
    const text = JSON.stringify(METADATA).replace(
      '{',
      '{"__proto__":{"token_endpoint":"https://evil.example"},',
    );
    const { discovered } = await runInit(
      place.file(),
      {},
      { documents: { [DISCOVERY]: text.replace(/"token_endpoint":"https:\/\/login[^"]*",/, '') } },
    );
    expect(discovered?.metadata.tokenEndpoint).toBeUndefined();
    expect(Object.prototype).not.toHaveProperty('token_endpoint');
  });
});
