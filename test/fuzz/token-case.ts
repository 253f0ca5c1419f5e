import fc from 'fast-check';
import { AUDIENCE, ISSUER, NOW } from '../support/tokens.ts';

/** A member of a JSON object as text, so that it can be what no serializer writes; undefined removes it. */
type Member = readonly [name: string, json: string | undefined];

/** How a segment is encoded before it is signed. */
type Encoding = 'canonical' | 'padded' | 'standard' | 'spaced' | 'trailing-bits';

/** How the JSON text of the header or the claims is written. */
type Layout = 'plain' | 'spaced' | 'bom' | 'not-utf8' | 'array' | 'cut' | 'repeated';

/** A change of the token after signing. */
export type Tampering =
  | { readonly kind: 'flip'; readonly segment: number; readonly at: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'replace'; readonly at: number; readonly text: string }
  | { readonly kind: 'pad'; readonly segment: number; readonly count: number }
  | { readonly kind: 'trailing-bits' | 'standard' | 'drop' | 'repeat' | 'empty'; readonly segment: number }
  | { readonly kind: 'member'; readonly segment: 0 | 1; readonly members: readonly Member[] }
  | { readonly kind: 'signature'; readonly form: 'zero' | 'ones' | 'der' | 'negated' | 'short' | 'long' };

/** Everything that makes a token, except the keys: a plain value that fast-check can shrink and print. */
export interface TokenCase {
  readonly ring: number;
  readonly signer: number;
  readonly algorithm: number;
  readonly foreignKey: boolean;
  readonly kid: 'own' | 'none' | string;
  readonly header: readonly (readonly Member[])[];
  readonly claims: readonly (readonly Member[])[];
  readonly layouts: readonly [header: Layout, claims: Layout];
  readonly encodings: readonly [header: Encoding, claims: Encoding];
  readonly tampering: readonly Tampering[];
}

const edits = (name: string, ...values: unknown[]): Member[][] =>
  values.map((value) => [[name, value === undefined ? undefined : JSON.stringify(value)]]);
const raw = (name: string, ...texts: string[]): Member[][] => texts.map((text) => [[name, text]]);

const times = [-31, -30.5, -30, -29.5, -29, -1, 0, 1, 29, 29.5, 30, 30.5, 31, 3600].map((d) => NOW + d);
const numericDates = (name: string): Member[][] => [
  ...edits(name, ...times, undefined, null, 'soon', String(NOW), NOW * 1000, 0, -1, [NOW], {}, true),
  ...raw(name, '1e400', '-1e400', '1e308', '253402300799', '253402300800', '1.79e9'),
];

const HEADER_EDITS: readonly Member[][] = [
  ...edits('alg', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'),
  ...edits('alg', 'none', 'None', 'HS256', 'HS512', 'ES256K', 'Ed25519', 'ML-DSA-44', 'rs256', '', null, 1),
  ...edits('alg', undefined, ['ES256'], '__proto__'),
  ...edits('typ', 'JWT', 'jwt', 'at+jwt', 'application/at+jwt', 'AT+JWT', 'dpop+jwt', 'logout+jwt', '', 5),
  ...edits('typ', undefined, null, ['JWT'], 'application/application/jwt'),
  ...edits('crit', [], ['exp'], ['alg'], ['kid'], ['x'], ['b64'], ['b64', 'b64'], 'b64', null, {}, [1]),
  ...edits('b64', true, false, 'true'),
  ...[true, false].map((b64): Member[] => [
    ['crit', '["b64"]'],
    ['b64', String(b64)],
  ]),
  ...edits('kid', 5, null, [], {}, '', '__proto__', '../../etc/passwd', 'x'.repeat(300)),
  ...edits('jku', 'https://attacker.example/jwks'),
  ...edits('jwk', { kty: 'EC', crv: 'P-256' }),
  ...edits('x5c', ['AAAA']),
  ...edits('cty', 'JWT', 5),
  ...edits('zip', 'DEF'),
  ...raw('__proto__', '{"alg":"none"}'),
];

const CLAIM_EDITS: readonly Member[][] = [
  ...edits('iss', undefined, null, [ISSUER], `${ISSUER}/`, ISSUER.toUpperCase(), ISSUER.slice(0, -1), '', 5),
  ...edits(
    'aud',
    undefined,
    null,
    '',
    AUDIENCE,
    [AUDIENCE],
    ['other', AUDIENCE],
    [],
    ['other'],
    [1, AUDIENCE],
  ),
  ...edits('aud', [[AUDIENCE]], { 0: AUDIENCE }, AUDIENCE.slice(1), `${AUDIENCE} `, 5, [AUDIENCE, null]),
  ...['exp', 'nbf', 'iat'].flatMap(numericDates),
  ...['sub', 'client_id', 'azp', 'jti'].flatMap((name) =>
    edits(name, undefined, null, 5, {}, '', 'x', ['x']),
  ),
  ...['scope', 'scp'].flatMap((name) => edits(name, undefined, null, 5, {}, '', 'a b', ['a'], [1], '  ')),
  ...edits('cnf', null, {}, { jkt: 'x' }),
  ...edits('nested', { a: [{ b: 1 }] }, 'ü€😀\u0000\ud800'),
  ...raw('__proto__', `{"iss":"${ISSUER}","exp":${NOW + 60}}`, 'null'),
  ...edits('constructor', { prototype: {} }),
];

const segment = fc.constantFrom(0, 1, 2);
const at = fc.nat(5000);

const tampering: fc.Arbitrary<Tampering> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('flip'), segment, at, bit: fc.nat(7) }) },
  fc.record({ kind: fc.constant('cut'), at }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('insert', 'replace'),
      at,
      text: fc.oneof(
        fc.constantFrom(...'=+/ \n\t\r.A_-%é\u0000,~'),
        fc.constantFrom('==', '..', '%2e', '\u00a0', '\ufeff', '\u017f'),
      ),
    }),
  },
  fc.record({ kind: fc.constant('pad'), segment, count: fc.integer({ min: 1, max: 4 }) }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('trailing-bits', 'standard', 'drop', 'repeat', 'empty'),
      segment,
    }),
  },
  fc.record({
    kind: fc.constant('member'),
    segment: fc.constantFrom(0 as const, 1 as const),
    members: fc.constantFrom(...CLAIM_EDITS, ...HEADER_EDITS),
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('signature'),
      form: fc.constantFrom('zero', 'ones', 'der', 'negated', 'short', 'long'),
    }),
  },
) as fc.Arbitrary<Tampering>;

/** `usual` most of the time, so that one oddity does not always hide another. */
const mostly = <T>(usual: T, ...odd: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, fc.constantFrom(...odd));

const several = <T>(arbitrary: fc.Arbitrary<T>, none = 5): fc.Arbitrary<readonly T[]> =>
  fc.oneof(
    { weight: none, arbitrary: fc.constant<readonly T[]>([]) },
    { weight: 4, arbitrary: fc.array(arbitrary, { minLength: 1, maxLength: 1 }) },
    fc.array(arbitrary, { minLength: 2, maxLength: 3 }),
  );

const layout: fc.Arbitrary<Layout> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Layout>('plain') },
  mostly<Layout>('spaced', 'bom', 'not-utf8', 'array', 'cut', 'repeated', 'bom'),
);
const encoding = mostly<Encoding>('canonical', 'padded', 'standard', 'spaced', 'trailing-bits');

export const tokenCase: fc.Arbitrary<TokenCase> = fc.record({
  ring: fc.nat(4),
  signer: fc.nat(99),
  algorithm: fc.nat(99),
  foreignKey: mostly(false, true),
  kid: mostly('own', 'none', 'none', 'unknown', 'kid-ES256'),
  header: several(fc.constantFrom(...HEADER_EDITS)),
  claims: several(fc.constantFrom(...CLAIM_EDITS)),
  layouts: fc.tuple(layout, layout),
  encodings: fc.tuple(encoding, encoding),
  tampering: several(tampering, 10),
});
