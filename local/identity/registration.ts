import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Where clients register themselves (RFC 7591). */
export const REGISTRATION = '/reg';

/**
 * Drops `scope` from what a client registers. Official MCP clients register with the scope that they ask for first; the library
 * refuses scopes that it was not configured with, and would hold the client to the others for good, so that it could not ask for
 * more after a 403.
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
    // The library reads the body from the request, and the stream that was one is at its end.
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
    // The library says what is wrong with it.
    return body;
  }
}
