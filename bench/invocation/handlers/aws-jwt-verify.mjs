/** An authorizer for an HTTP API on aws-jwt-verify, as its README shows. */
import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';

/**
 * The library's own fetcher only takes https, and these keys are on loopback. This fetcher uses the same Node.js client
 * without TLS; the global `fetch`, which some use instead, loads a second client.
 */
const { request } = process.getBuiltinModule('node:http');
const getOverHttp = (uri) =>
  new Promise((resolve, reject) => {
    const outgoing = request(uri, async (response) => {
      resolve(Buffer.concat(await Array.fromAsync(response)));
    });
    outgoing.on('error', reject).end();
  });
const getByFetch = async (uri) => (await fetch(uri)).arrayBuffer();
const fetcher = { fetch: process.env.KEYS_BY === 'fetch' ? getByFetch : getOverHttp };

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
