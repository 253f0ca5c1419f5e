import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { malformedHints } from '../../tools/explain/not-a-jwt.ts';
import { render, renderJson } from '../../tools/explain/render.ts';
import { base64url, claimsOf, mint, withSegment } from '../support/tokens.ts';
import { ask, askPaste, KEYS } from './explain-world.ts';

const jwe = (header: object, key = 'a2V5') => `${base64url(JSON.stringify(header))}.${key}.aXY.dGV4dA.dGFn`;
const TOKEN = mint(KEYS.issuer);

describe('recognizes what is not a JWT, and says what to do', () => {
  test.each<[string, string, string, string]>([
    ['of Google', 'ya29.a0AfH6SMBx-example', 'access token of Google', 'gcloud auth print-identity-token'],
    ['a refresh token of Google', '1//0gExample-refresh', 'a refresh token', 'send the access token'],
    ['a refresh token of Entra ID', '0.AXEAexample.AgABAQ', 'a refresh token', 'send the access token'],
    ['of GitHub', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'token of GitHub', 'core.getIDToken'],
    ['of GitHub, fine-grained', 'github_pat_11ABCDEFG0example', 'token of GitHub', 'core.getIDToken'],
    ['of GitLab', 'glpat-example', 'token of GitLab', '"id_tokens"'],
    [
      'of a personal Microsoft account',
      'EwB4A8l6BAAUexample',
      'personal Microsoft account',
      'api://YOUR-API/.default',
    ],
    ['an access key id of AWS', 'AKIAIOSFODNN7EXAMPLE', 'access key id', 'aws sts get-web-identity-token'],
    ['an API key of Stripe', 'sk_live_example', 'an API key', 'an API key is not a token'],
    ['an API key of Google', 'AIzaSyExample', 'an API key', 'an API key is not a token'],
    ['an API token of Okta', `00${'a'.repeat(40)}`, 'an API key', 'ask the authorization server'],
    ['SAML', base64url('<saml:Assertion xmlns:saml="urn:oasis">'), 'a SAML assertion', 'RFC 7522'],
    ['SAML as XML', '<samlp:Response ID="x">', 'a SAML assertion', 'RFC 7522'],
    ['a private key', '-----BEGIN PRIVATE KEY-----', 'a key or a certificate', 'should be replaced'],
    ['a password', 'Basic bWU6c2VjcmV0', 'a user name and a password', 'exchange them for a token'],
    ['a UUID', '7f4f1b2a-0d6e-4b7f-9c55-0123456789ab', 'a UUID', 'ask the authorization server'],
    ['opaque', 'mF_9.B5f-4.1JqM'.replaceAll('.', ''), 'an opaque token', 'name an audience (Auth0)'],
    [
      'of Auth0, for no API',
      jwe({ alg: 'dir', enc: 'A256GCM', iss: 'https://t.auth0.com/' }, ''),
      'an encrypted token (JWE',
      'Auth0 does when no "audience" is asked for',
    ],
    [
      'a refresh token of Cognito',
      jwe({ cty: 'JWT', enc: 'A256GCM', alg: 'RSA-OAEP' }),
      'an encrypted token',
      'refresh tokens of Amazon Cognito',
    ],
    [
      'encrypted',
      jwe({ alg: 'ECDH-ES', enc: 'A128GCM' }),
      'an encrypted token (JWE, "alg" "ECDH-ES", "enc" "A128GCM")',
      'without encrypting',
    ],
  ])('%s', (_, token, what, instead) => {
    const hints = malformedHints(token).join('\n');
    expect(hints).toContain(what);
    expect(hints).toContain(instead);
  });
});

test('does not take two tokens without a blank between them for an encrypted one', () => {
  expect(malformedHints(TOKEN + TOKEN).join()).toContain('more than one token was copied');
});

test('an opaque token may begin like a JWT', () => {
  expect(malformedHints('eyes-of-the-beholder').join()).toContain('this is an opaque token');
});

describe('says where a token was cut', () => {
  const long = mint(KEYS.issuer, claimsOf({ pad: 'x'.repeat(5000) }));
  test.each<[string, string, string]>([
    [
      'by a terminal of Linux',
      long.slice(0, 4095),
      'it has exactly 4095 characters, where a terminal cuts a line',
    ],
    [
      'by a terminal of macOS',
      long.slice(0, 1024),
      'it has exactly 1024 characters, where a terminal cuts a line',
    ],
    [
      'in the header',
      TOKEN.slice(0, 30),
      'it ends'.replace('it ends', 'it begins like a JWT, but ends within the header'),
    ],
    ['in the claims', TOKEN.slice(0, 120), 'it ends within the claims'],
    ['before the signature', TOKEN.slice(0, TOKEN.lastIndexOf('.')), 'the signature is missing'],
    ['after the last dot', TOKEN.slice(0, TOKEN.lastIndexOf('.') + 1), 'the signature is empty'],
    ['at the beginning', TOKEN.slice(5), 'the beginning of the token was not copied'],
    [
      'in the middle',
      withSegment(TOKEN, 1, (claims) => claims.slice(0, 40) + claims.slice(47)),
      'characters in the middle were lost',
    ],
    ['for show', `${TOKEN.slice(0, 40)}…`, 'it has an ellipsis'],
  ])('%s', (_, token, hint) => expect(malformedHints(token).join('\n')).toContain(hint));

  test('in the signature, which is then too short for its algorithm', async () => {
    const { steps, verdict } = await ask({ token: TOKEN.slice(0, -22) });
    expect(verdict.code).toBe('signature_invalid');
    expect(steps.flatMap(({ hints }) => hints)).toContain(
      'the signature has 48 bytes, where "ES256" has 64: the end of the token was not copied, or a terminal cut it',
    );
  });
});

describe('recognizes a token for another use', () => {
  const hintsOf = async (claims: object, header: object = {}) =>
    (await ask({ token: mint(KEYS.issuer, claimsOf({ ...claims }), header) })).steps
      .flatMap(({ hints }) => hints)
      .join('\n');
  test.each<[string, object, object, string]>([
    ['for Microsoft Graph', { aud: 'https://graph.microsoft.com' }, { nonce: 'n' }, 'for Microsoft Graph'],
    [
      'for Microsoft Graph, by its id',
      { aud: '00000003-0000-0000-c000-000000000000' },
      { nonce: 'n' },
      'ask for a token for your own API',
    ],
    ['a refresh token', { typ: 'Offline' }, {}, 'this is a refresh token'],
    ['an ID token', { token_use: 'id' }, {}, 'this is an ID token'],
  ])('%s', async (_, claims, header, hint) => expect(await hintsOf(claims, header)).toContain(hint));
});

test('prints nothing of what is pasted instead of a token', async () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9_-]{24,60}$/);
  const prefix = fc.constantFrom(
    '',
    'ghp_',
    'ya29.',
    'eyJ',
    'sk_live_',
    'Basic ',
    'curl -H "x: ',
    '{"access_token":"',
    'Cookie: a=',
    'X-Key: ',
    'curl -u "me:pa$',
    'curl -H "Authorization: Bearer ${TOKEN:-',
    'curl https://a.example -b s=',
    'curl https://me:',
  );
  await fc.assert(
    fc.asyncProperty(
      prefix,
      secret,
      fc.constantFrom('', '.', '..', '"', '"}', '%2E', '\n'),
      async (...parts) => {
        let printed: string;
        try {
          const explanation = await ask({ token: parts.join('') });
          printed = render(explanation) + renderJson(explanation);
        } catch (error) {
          printed = String(error);
        }
        expect(printed).not.toContain(parts[1].slice(0, 20));
      },
    ),
    { numRuns: 300 },
  );
});

test('does not print a token in a path or a claim either', async () => {
  const inner = mint(KEYS.partner);
  const token = mint(KEYS.issuer, claimsOf({ act: { token: inner } }));
  const explanation = await askPaste({
    token: `curl -H 'Authorization: Bearer ${token}' https://a.example/api/x/${inner}`,
  });
  for (const printed of [render(explanation), renderJson(explanation)]) {
    expect(printed).toContain('GET /api/x/<token>');
    expect(printed).toContain('<token>');
    expect(printed).not.toContain(inner.slice(0, 50));
  }
  expect(JSON.parse(renderJson(explanation))).toMatchObject({ claims: { act: { token: '<token>' } } });
});
