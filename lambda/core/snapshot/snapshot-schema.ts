import * as v from 'valibot';
import { MAX_KEYS } from '../keys/key-set.ts';
import { MAX_MAX_AGE_MS } from '../keys/max-age.ts';

/**
 * The snapshot as it is stored, format 1, and the source of its published JSON Schema. Strict: an additional member
 * makes another format, which gets another number in the object's key.
 */

const described = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description));

const member = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.exactOptional(described(schema, description));

const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));

/** Seconds since the epoch. The limit is in the year 5138, so that milliseconds are rejected. */
export const time = v.pipe(v.number(), v.minValue(0), v.maxValue(100_000_000_000));

/** What SSM's advanced tier holds, in characters. */
export const MAX_VALUE = 8192;

/** The most problems that a rejection lists, and the most characters of each. */
export const MAX_PROBLEMS = 50;
export const MAX_PROBLEM_LENGTH = 512;

/** The most key sets. */
export const MAX_KEY_SETS = 200;

const parameter = v.strictObject({
  value: text(MAX_VALUE),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  modifiedAt: described(time, 'When SSM stored the value'),
});

const reading = <const N extends string>(...names: readonly N[]) =>
  v.strictObject(
    Object.fromEntries(names.map((name) => [name, v.exactOptional(parameter)])) as Record<
      N,
      v.ExactOptionalSchema<typeof parameter, undefined>
    >,
  );

const refusal = v.strictObject({
  since: described(time, 'Since when the values in SSM have been rejected'),
  problems: v.pipe(v.array(text(MAX_PROBLEM_LENGTH)), v.minLength(1), v.maxLength(MAX_PROBLEMS)),
});

/** Readings of a unit, the newest first. */
const unit = <S extends v.GenericSchema>(parameters: S) =>
  v.pipe(
    v.array(
      v.strictObject({
        parameters,
        refused: member(refusal, 'Why the keeper rejected it; absent where it is good'),
      }),
    ),
    v.minLength(1),
    v.maxLength(3),
  );

/** Public members only: the keeper writes no others. */
const publicKey = v.strictObject({
  kty: text(16),
  kid: v.exactOptional(text(4096)),
  alg: v.exactOptional(text(32)),
  crv: v.exactOptional(text(32)),
  n: v.exactOptional(text(4096)),
  e: v.exactOptional(text(4096)),
  x: v.exactOptional(text(4096)),
  y: v.exactOptional(text(4096)),
  pub: v.exactOptional(text(4096)),
});

/** A URL in a parameter may grow when it is escaped. */
const MAX_LOCATION = 4 * MAX_VALUE;

export const KeySetSchema = v.strictObject({
  issuers: v.pipe(v.array(text(MAX_VALUE)), v.minLength(1)),
  location: described(
    text(MAX_LOCATION),
    'URL of the key set as written in the parameters, or "discover"; followed by "#" and a hash of "ca" and "insecureHttp" where a provider has them',
  ),
  fetchedAt: described(time, 'When the endpoint was asked for the keys'),
  maxAgeSeconds: described(
    v.pipe(v.number(), v.minValue(1), v.maxValue(MAX_MAX_AGE_MS / 1000)),
    'How long they are fresh',
  ),
  keys: v.pipe(v.array(publicKey), v.minLength(1), v.maxLength(MAX_KEYS)),
});

export const SnapshotSchema = v.strictObject({
  path: described(text(512), 'Prefix of the parameters that were read'),
  writtenAt: described(time, 'When it was written; always later than in the snapshot before'),
  parametersReadAt: described(time, 'When SSM was last read successfully'),
  access: described(
    unit(reading('issuer', 'audience', 'jwks-uri', 'upstream', 'policy')),
    'The values of these parameters in SSM; if they are rejected, also the last good ones; then the good ones before',
  ),
  revocations: described(
    unit(reading('revocations')),
    'The same for this parameter, which is a unit of its own',
  ),
  keySets: v.pipe(v.array(KeySetSchema), v.maxLength(MAX_KEY_SETS)),
});
