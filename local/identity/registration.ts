import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Where clients register themselves (RFC 7591). */
export const REGISTRATION = '/reg';

/**
 * Drops `scope` from a client's registration. Official MCP clients register with the scope that they request first. The library
 * rejects scopes outside its configuration, and would limit the client to the registered ones for good, so that it could not
 * request more after a 403.
 */
export async function registerForAnyScope(
  context: KoaContextWithOIDC,
  next: () => Promise<void>,
): Promise<void> {
  if (context.path === REGISTRATION && context.method === 'POST') {
    const chunks: Buffer[] = [];
    for await (const chunk of context.req) chunks.push(chunk as Buffer);
    const body = withoutScope(Buffer.concat(chunks).toString('utf8'));
    context.req.headers['content-length'] = String(Buffer.byteLength(body));
    // The library reads the body from the request, whose stream is used up.
    context.req = Object.assign(Readable.from([Buffer.from(body)]), {
      headers: context.req.headers,
    }) as IncomingMessage;
  }
  await next();
}

function withoutScope(body: string): string {
  try {
    const { scope: _, ...metadata } = JSON.parse(body) as Record<string, unknown>;
    return JSON.stringify(metadata);
  } catch {
    // The library reports what is wrong with it.
    return body;
  }
}
