/** Claims by which a token can be revoked, the narrowest first. */
const NAMES = ['jti', 'client_id', 'sub'] as const;

/** The revocations, as JSON, with a token of these claims as well. */
export function withRevoked(value: string, claims: Readonly<Record<string, unknown>> | undefined): string {
  const { iss } = claims ?? {};
  const name = NAMES.find((one) => typeof claims?.[one] === 'string');
  if (claims === undefined || typeof iss !== 'string' || name === undefined) {
    throw new Error(
      `There is no token that can be revoked: it takes one with "iss" and ${NAMES.map((one) => `"${one}"`).join(' or ')}.`,
    );
  }
  const revocations = parse(value);
  const ofIssuer = revocations[iss] ?? {};
  const revoked = [...new Set([...(ofIssuer[name] ?? []), claims[name]])];
  return JSON.stringify({ ...revocations, [iss]: { ...ofIssuer, [name]: revoked } });
}

function parse(value: string): Record<string, Readonly<Record<string, readonly unknown[] | undefined>>> {
  try {
    return JSON.parse(value);
  } catch {
    throw new Error('The parameter "revocations" is not JSON, so nothing can be added to it. Put {} first.');
  }
}
