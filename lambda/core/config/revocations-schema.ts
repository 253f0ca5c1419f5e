import * as v from 'valibot';
import { closedObject } from './closed-object.ts';
import { member, text, wholeNumber } from './schema-parts.ts';

/** Seconds since the epoch, until the end of the year 9999. */
const issueTime = wholeNumber(
  0,
  253_402_300_799,
  'must be a time in whole seconds since the epoch, such as 1790000000',
);
const subject = v.pipe(
  v.string(),
  v.minLength(1, 'must be the "sub" of a token, not empty'),
  v.maxLength(2048, 'must be a "sub" of at most 2048 characters'),
);
const revoked = (claim: string, otherClaims = '') =>
  member(
    v.array(text, `must be a list of strings, each the "${claim}" of a token`),
    `Values of "${claim}"${otherClaims} that are revoked`,
  );

const issuerRevocations = v.pipe(
  closedObject({
    jti: revoked('jti'),
    sub: revoked('sub'),
    client_id: revoked('client_id', ', "azp", "cid" or "appid"'),
    issuedBefore: member(
      issueTime,
      'Tokens with an "iat" before this, in seconds since the epoch, or without one, are revoked',
    ),
    subIssuedBefore: member(
      v.record(subject, issueTime),
      'The same for single subjects, such as after a logout: for each "sub", the time before which its tokens are revoked',
    ),
  }),
  v.description(
    'What is revoked for one issuer. Its name is exactly the "iss" of its tokens, or the ARN that a signed header names. Where no provider has the issuer, the entry revokes nothing, and a warning says so',
  ),
);

/** The shape of the `revocations` parameter, and the source of its published JSON Schema. */
export const RevocationsSchema = v.objectWithRest(
  { $schema: v.exactOptional(v.string()) },
  issuerRevocations,
);

export type RevocationsDocument = v.InferOutput<typeof RevocationsSchema>;
