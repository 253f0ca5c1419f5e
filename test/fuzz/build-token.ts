import { signatureOf } from '../support/keys.ts';
import { base64url, claimsOf } from '../support/tokens.ts';
import type { createForeignKeys, KeyRing } from './key-rings.ts';
import type { Tampering, TokenCase } from './token-case.ts';

type Members = Map<string, string>;

export interface TokenBuilder {
  readonly rings: readonly [KeyRing, ...KeyRing[]];
  readonly foreignKey: ReturnType<typeof createForeignKeys>;
  /** Earlier signatures by key and input, because signing with RSA is the slowest step. */
  readonly signatures: Map<string, Buffer>;
}

const MAX_SIGNATURES = 20_000;

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

/** Builds the token of a case, and the ring to verify it with. */
export function buildToken(plan: TokenCase, builder: TokenBuilder): { token: string; ring: KeyRing } {
  const ring = pick(builder.rings, plan.ring);
  const signer = pick(ring.signers, plan.signer);
  const alg = pick(signer.algorithms, plan.algorithm);
  const key = plan.foreignKey ? builder.foreignKey(alg) : signer.key;

  const header: Members = new Map([
    ['alg', JSON.stringify(alg)],
    ['typ', '"at+jwt"'],
  ]);
  const kid = plan.kid === 'own' ? signer.key.jwk.kid : plan.kid === 'none' ? undefined : plan.kid;
  if (kid !== undefined) header.set('kid', JSON.stringify(kid));
  const claims: Members = new Map(
    Object.entries(claimsOf()).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  const segments = ([header, claims] as const).map((members, index) => {
    for (const edit of index === 0 ? plan.header : plan.claims) apply(members, edit);
    return encode(layOut(members, plan.layouts[index as 0 | 1]), plan.encodings[index as 0 | 1]);
  });

  const input = segments.join('.');
  const memo = `${ring.name} ${plan.signer % ring.signers.length} ${plan.foreignKey} ${alg} ${input}`;
  let signature = builder.signatures.get(memo);
  if (signature === undefined) {
    signature = signatureOf(input, alg, key.privateKey);
    if (builder.signatures.size >= MAX_SIGNATURES) builder.signatures.clear();
    builder.signatures.set(memo, signature);
  }
  let token = `${input}.${base64url(signature)}`;
  for (const change of plan.tampering) token = tamper(token, change, alg);
  return { token, ring };
}

function apply(members: Members, edit: TokenCase['claims'][number]): void {
  for (const [name, json] of edit) {
    if (json === undefined) members.delete(name);
    else members.set(name, json);
  }
}

const objectOf = (members: Iterable<readonly [string, string]>, separator = ','): string =>
  `{${[...members].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(separator)}}`;

function layOut(members: Members, layout: TokenCase['layouts'][number]): Buffer {
  const text = objectOf(members);
  switch (layout) {
    case 'plain':
      return Buffer.from(text);
    case 'spaced':
      return Buffer.from(` ${objectOf(members, ' ,\n\t')}\r\n`);
    case 'bom':
      return Buffer.from(`\ufeff${text}`);
    case 'not-utf8':
      return Buffer.from(objectOf([...members, ['x', '"\u00fc"']]), 'latin1');
    case 'array':
      return Buffer.from(`[${text}]`);
    case 'cut':
      return Buffer.from(text.slice(0, -1));
    case 'repeated':
      // The last of duplicate members counts, so the first ones are decoys.
      return Buffer.from(objectOf([...[...members.keys()].map((name) => [name, '0'] as const), ...members]));
  }
}

function encode(bytes: Buffer, encoding: TokenCase['encodings'][number]): string {
  const canonical = base64url(bytes);
  switch (encoding) {
    case 'canonical':
      return canonical;
    case 'padded':
      return canonical + '='.repeat((4 - (canonical.length % 4)) % 4);
    case 'standard':
      return bytes.toString('base64');
    case 'spaced':
      return `${canonical.slice(0, 8)} ${canonical.slice(8)}`;
    case 'trailing-bits':
      return withTrailingBits(canonical);
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Sets one of the unused bits in a segment's last character; unchanged if there are none. */
function withTrailingBits(segment: string): string {
  if (segment.length % 4 < 2) return segment;
  return segment.slice(0, -1) + (ALPHABET[ALPHABET.indexOf(segment.at(-1) ?? 'A') | 1] ?? 'A');
}

function tamper(token: string, change: Tampering, alg: string): string {
  if (change.kind === 'cut') return token.slice(0, change.at % (token.length + 1));
  if (change.kind === 'insert' || change.kind === 'replace') {
    const at = change.at % (token.length + 1);
    return token.slice(0, at) + change.text + token.slice(change.kind === 'insert' ? at : at + 1);
  }
  const segments = token.split('.');
  const index = change.kind === 'signature' ? 2 : change.segment;
  const segment = segments[index];
  if (segment === undefined) return token;
  segments.splice(index, 1, ...tamperSegment(segment, change, alg));
  return segments.join('.');
}

type SegmentTampering = Exclude<Tampering, { kind: 'cut' } | { kind: 'insert' } | { kind: 'replace' }>;

/** The replacement of a segment: one segment, none or two. */
function tamperSegment(segment: string, change: SegmentTampering, alg: string): string[] {
  const bytes = Buffer.from(segment, 'base64url');
  switch (change.kind) {
    case 'flip': {
      const at = change.at % Math.max(bytes.length, 1);
      if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << change.bit);
      return [base64url(bytes)];
    }
    case 'pad':
      return [segment + '='.repeat(change.count)];
    case 'trailing-bits':
      return [withTrailingBits(segment)];
    case 'standard':
      return [bytes.toString('base64')];
    case 'drop':
      return [];
    case 'repeat':
      return [segment, segment];
    case 'empty':
      return [''];
    case 'member':
      return [base64url(withMembers(bytes, change.members))];
    case 'signature':
      return [base64url(reformed(bytes, change.form, alg))];
  }
}

/** Sets members of a signed JSON object; leaves anything else unchanged. */
function withMembers(bytes: Buffer, members: TokenCase['claims'][number]): Buffer {
  const text = bytes.toString('utf8').trimEnd();
  if (!text.endsWith('}')) return bytes;
  const added = members.flatMap(([name, json]) =>
    json === undefined ? [] : [`${JSON.stringify(name)}:${json}`],
  );
  return Buffer.from(`${[text.slice(0, -1), ...added].join(',')}}`);
}

/** Orders of the curves' groups (SEC 2): s and (order - s) both verify. */
const ORDERS: Readonly<Record<string, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384: BigInt(
    '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  ),
  ES512: BigInt(
    '0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
  ),
};

function reformed(
  bytes: Buffer,
  form: 'zero' | 'ones' | 'der' | 'negated' | 'short' | 'long',
  alg: string,
): Buffer {
  const half = bytes.length / 2;
  const order = ORDERS[alg];
  switch (form) {
    case 'zero':
      return Buffer.alloc(bytes.length);
    case 'ones':
      return Buffer.alloc(bytes.length, 0xff);
    case 'short':
      return bytes.subarray(1);
    case 'long':
      return Buffer.concat([Buffer.alloc(1), bytes]);
    case 'der': {
      const integers = [bytes.subarray(0, half), bytes.subarray(half)].map((part) =>
        Buffer.concat([Buffer.from([2, part.length + 1, 0]), part]),
      );
      const body = Buffer.concat(integers);
      return Buffer.concat([Buffer.from([0x30, body.length]), body]);
    }
    case 'negated': {
      if (order === undefined || !Number.isInteger(half) || half === 0) return bytes;
      const s = BigInt(`0x${bytes.subarray(half).toString('hex')}`);
      const negated = (((order - s) % order) + order) % order;
      const hex = negated
        .toString(16)
        .padStart(half * 2, '0')
        .slice(-half * 2);
      return Buffer.concat([bytes.subarray(0, half), Buffer.from(hex, 'hex')]);
    }
  }
}
