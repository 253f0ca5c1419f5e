/** An authorizer of an HTTP API on aws-jwt-verify, as its README has it. */
import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';

/** Its own fetcher takes https only, and these keys are on loopback. */
const fetcher = { fetch: async (uri) => (await fetch(uri)).arrayBuffer() };

const verifier = JwtVerifier.create(
  { issuer: process.env.ISSUER, audience: process.env.AUDIENCE, jwksUri: process.env.JWKS_URI },
  { jwksCache: new SimpleJwksCache({ fetcher }) },
);
await verifier.hydrate();

export const handler = async (event) => {
  try {
    const payload = await verifier.verify(event.headers.authorization.replace('Bearer ', ''));
    return { isAuthorized: true, context: { sub: payload.sub } };
  } catch {
    return { isAuthorized: false };
  }
};
