/** The claims that can identify a token to revoke, narrowest first. */
const NAMES = ['jti', 'client_id', 'sub'] as const;

/** Adds a token with these claims to the revocations, as JSON. */
export function withRevoked(value: string, claims: Readonly<Record<string, unknown>> | undefined): string {
  const { iss } = claims ?? {};
  const name = NAMES.find((one) => typeof claims?.[one] === 'string');
  if (claims === undefined || typeof iss !== 'string' || name === undefined) {
    throw new Error(
      `There is no token to revoke: it needs "iss" and ${NAMES.map((one) => `"${one}"`).join(' or ')}.`,
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
    throw new Error('The parameter "revocations" is not JSON, so the page cannot add to it. Put {} first.');
  }
}
