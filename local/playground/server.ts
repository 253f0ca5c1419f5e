import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createLastKnownDocuments } from '../../tools/explain/last-known-documents.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { callApi, errorReply, type Reply } from './api.ts';
import { watchChanges } from './changes.ts';
import type { PlaygroundStack } from './context.ts';
import { contentSecurityPolicy, requestProblem, SECURITY_FIELDS } from './guard.ts';
import { buildPage, NONCE, type PageFile, type PageFiles } from './page-files.ts';

/** The longest body of a call, in bytes: enough for a request of 1 MB, which JSON escapes can make several times as long. */
const MAX_BODY = 8 * 1024 * 1024;

/**
 * Serves a page that shows what the stack decides, and why. It is for browsers on this machine only: it serves no other Host,
 * accepts nothing from pages of other origins, and sends requests only to the stack's own load balancer and API.
 */
export async function startPlayground(options: {
  readonly port: number;
  readonly stack: PlaygroundStack;
}): Promise<LoopbackServer> {
  const { stack } = options;
  const changes = watchChanges(stack, Date.now);
  const context = {
    stack,
    changes,
    fetchDocument: createLastKnownDocuments(),
    startedAt: Date.now(),
    now: Date.now,
  };
  // Built at the first visit, so that it does not delay the start of the stack.
  let building: Promise<PageFiles> | undefined;
  const handle = async (request: IncomingMessage): Promise<Reply | PageFile> => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const problem = requestProblem(path, request.headers);
    if (problem !== undefined) return errorReply(403, problem);
    const [, call] = /^\/api\/(.*)$/s.exec(path) ?? [];
    if (call !== undefined) {
      const body = await readJson(request);
      return 'status' in body ? body : callApi(`${request.method} ${call}`, body.value, context);
    }
    building ??= buildPage().catch((error: unknown) => {
      building = undefined;
      throw error;
    });
    const file = (await building).get(path);
    if (file === undefined) return errorReply(404, `The playground has no page ${path}.`);
    return request.method === 'GET' ? file : errorReply(405, `${path} only takes GET.`);
  };
  const server = await startLoopbackServer(
    { name: 'playground', port: options.port },
    () => async (request, response) => {
      // This process runs the whole stack: neither a bug here nor a part that is down may end it.
      const reply = await handle(request).catch((error: unknown) =>
        errorReply(500, `The playground failed: ${error instanceof Error ? error.message : error}`),
      );
      if ('status' in reply) sendJson(response, reply);
      else sendFile(request, response, reply);
    },
  );
  return {
    ...server,
    close() {
      changes.close();
      return server.close();
    },
  };
}

async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | Reply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  if (size === 0) return { value: undefined };
  if (size > MAX_BODY) return errorReply(413, `The body is longer than ${MAX_BODY / 1024 / 1024} MB.`);
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return errorReply(400, 'The body is not JSON.');
  }
}

function sendJson(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { ...SECURITY_FIELDS, 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendFile(request: IncomingMessage, response: ServerResponse, { type, bytes }: PageFile): void {
  const nonce = randomBytes(16).toString('base64');
  const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding']));
  const page = type.startsWith('text/html')
    ? Buffer.from(bytes.toString('utf8').replaceAll(NONCE, nonce))
    : bytes;
  response.writeHead(200, {
    ...SECURITY_FIELDS,
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    'Content-Type': type,
    Vary: 'Accept-Encoding',
    ...(zipped && { 'Content-Encoding': 'gzip' }),
  });
  response.end(zipped ? gzipSync(page) : page);
}
