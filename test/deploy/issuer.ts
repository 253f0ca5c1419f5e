import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface Issuer {
  readonly issuer: string;
  /** A token for an audience, valid for five minutes. */
  mint(audience: string): Promise<string>;
  /** Paths requested since the last call of this function. */
  takeRequests(): string[];
  close(): void;
}

/** What a verifier sees of an authorization server: a discovery document and a key set. */
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const key = { ...(await exportJWK(publicKey)), kid: 'deploy-test', alg: 'RS256', use: 'sig' };
  let issuer = '';
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [key] },
    };
    requests.push(request.url ?? '');
    const document = documents[request.url ?? ''];
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    mint: (audience) =>
      new SignJWT({ client_id: 'deploy-test' })
        .setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('deploy-test')
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('12h')
        .sign(privateKey),
    takeRequests: () => requests.splice(0),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
