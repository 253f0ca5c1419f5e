import type { HttpResponse } from './http/message.ts';
import type { Identity } from './identity.ts';

/**
 * The response where no upstream is set: who is calling according to the token, or an empty object for an anonymous
 * request.
 */
export function whoami(identity: Identity | undefined): HttpResponse {
  const body = identity && {
    provider: identity.provider,
    issuer: identity.issuer,
    subject: identity.subject,
    client_id: identity.clientId,
    scope: identity.scopes.join(' '),
    claims: identity.claims,
  };
  return {
    status: 200,
    headers: [
      ['content-type', 'application/json'],
      ['cache-control', 'no-store'],
    ],
    body: Buffer.from(JSON.stringify(body ?? {})),
  };
}
