import type { IncomingMessage } from 'node:http';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';
import { type ServedRequest, servedBy } from './stack-event.ts';

/** The upstream's response: the request as it arrived. */
export interface Echo {
  readonly method: string;
  /** Path and query, as received. */
  readonly url: string;
  /** In order, with letter case and duplicates. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body as text if it is UTF-8, otherwise in base64. */
  readonly body: string;
  readonly bodyEncoding: 'utf8' | 'base64';
  readonly bodyLength: number;
}

/** An upstream that responds to each request with what it received. */
export function startUpstream(options: {
  readonly port: number;
  readonly onServed: (request: ServedRequest) => void;
  /** Gets each request before the response is sent. */
  readonly onRequest?: ((received: Echo) => void) | undefined;
  /** May respond instead of the echo; returns undefined to let it echo. */
  readonly respond?: ((request: IncomingMessage, body: Buffer) => Promise<Response> | undefined) | undefined;
}): Promise<LoopbackServer> {
  return startLoopbackServer(
    { name: 'upstream', port: options.port, anyHost: true },
    () => async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const text = body.toString('utf8');
      const isText = Buffer.from(text, 'utf8').equals(body);
      const { rawHeaders } = request;
      const echo: Echo = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
        ),
        body: isText ? text : body.toString('base64'),
        bodyEncoding: isText ? 'utf8' : 'base64',
        bodyLength: body.length,
      };
      options.onRequest?.(echo);
      const own = await options.respond?.(request, body);
      response.writeHead(
        own?.status ?? 200,
        own ? [...own.headers].flat() : ['Content-Type', 'application/json'],
      );
      response.end(own ? Buffer.from(await own.arrayBuffer()) : format(echo));
      options.onServed(servedBy(request, response));
    },
  );
}

/** JSON with one header per line. */
function format({ headers, ...rest }: Echo): string {
  const lines = headers.map((header) => `    ${JSON.stringify(header)}`).join(',\n');
  const members = Object.entries(rest).map(([name, value]) => `  "${name}": ${JSON.stringify(value)}`);
  members.splice(2, 0, `  "headers": [\n${lines}\n  ]`);
  return `{\n${members.join(',\n')}\n}\n`;
}
