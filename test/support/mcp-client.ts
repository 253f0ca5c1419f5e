import {
  Client,
  ClientCredentialsProvider,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { DEMO } from '../../local/identity/authorization-server.ts';
import { followRedirects } from './user-agent.ts';

/** The revisions of MCP with this HTTP transport, oldest first. */
export const REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/** The first revision whose clients name method and tool in header fields, without a handshake. */
const PINNED_FROM: Revision = '2026-07-28';
export const isModern = (revision: Revision): boolean => revision >= PINNED_FROM;

/** The exchanges of the official client. */
export interface Exchange {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** `METHOD PATH STATUS`; for an MCP message, its method replaces the path. */
  readonly line: string;
}

export interface McpSession {
  readonly client: Client;
  readonly exchanges: readonly Exchange[];
  /** Resolves once an exchange has this line: the client has some on its own initiative. */
  exchanged(line: string): Promise<void>;
  /** Calls a tool; if the user has to sign in, does that and calls it again. */
  call(name: string, args?: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** Connects the official client at exactly one revision. */
export async function connectMcp(
  url: string,
  revision: Revision,
  provider: OAuthClientProvider & { readonly code?: () => Promise<URLSearchParams> },
): Promise<McpSession> {
  const exchanges: Exchange[] = [];
  const waiting = new Map<string, () => void>();
  const transport = () =>
    new StreamableHTTPClientTransport(new URL(url), {
      authProvider: provider,
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        const exchange = exchangeOf(new Request(input, init), init?.body, response);
        exchanges.push(exchange);
        waiting.get(exchange.line)?.();
        return response;
      },
    });
  const newClient = () =>
    new Client(
      { name: 'test', version: '1.0.0' },
      isModern(revision)
        ? { versionNegotiation: { mode: { pin: revision } } }
        : { supportedProtocolVersions: [revision] },
    );
  /** With a user, the flow leaves through a redirect, and the user returns with the code. */
  const signedIn = async <T>(via: StreamableHTTPClientTransport, again: () => Promise<T>, error: unknown) => {
    if (!(error instanceof UnauthorizedError) || provider.code === undefined) throw error;
    await via.finishAuth(await provider.code());
    return again();
  };

  let current = transport();
  let client = newClient();
  await client.connect(current).catch((error) =>
    signedIn(
      current,
      () => {
        current = transport();
        client = newClient();
        return client.connect(current);
      },
      error,
    ),
  );
  return {
    client,
    exchanges,
    exchanged: (line) =>
      new Promise((resolve) => {
        if (exchanges.some((exchange) => exchange.line === line)) resolve();
        else waiting.set(line, resolve);
      }),
    async call(name, args = {}) {
      const request = () => client.callTool({ name, arguments: args });
      const { content } = await request().catch((error) => signedIn(current, request, error));
      const [part] = content as { type: string; text: string }[];
      return JSON.parse(part?.text ?? '{}') as Record<string, unknown>;
    },
  };
}

function exchangeOf(request: Request, body: unknown, response: Response): Exchange {
  const { pathname } = new URL(request.url);
  const message = typeof body === 'string' && body.startsWith('{') ? JSON.parse(body) : {};
  const { status, headers } = response;
  const line = `${request.method} ${message.method ?? pathname} ${status}`;
  return { url: request.url, status, headers, line };
}

/** The official client's provider for a machine. */
export const machine = (issuer: string): OAuthClientProvider =>
  new ClientCredentialsProvider({
    clientId: DEMO.clientId,
    clientSecret: DEMO.clientSecret,
    expectedIssuer: issuer,
  });

const REDIRECT = 'http://localhost:9999/callback';

/** A program with a user: it registers itself, and its user signs in on request. */
export function person(): OAuthClientProvider & { readonly code: () => Promise<URLSearchParams> } {
  const kept: {
    client?: NonNullable<Awaited<ReturnType<OAuthClientProvider['clientInformation']>>>;
    tokens?: NonNullable<Awaited<ReturnType<OAuthClientProvider['tokens']>>>;
    discovery?: Awaited<ReturnType<NonNullable<OAuthClientProvider['discoveryState']>>>;
    verifier?: string;
    address?: URL;
  } = {};
  return {
    redirectUrl: REDIRECT,
    clientMetadata: {
      client_name: 'test',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => kept.client,
    saveClientInformation(client) {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens(tokens) {
      kept.tokens = tokens;
    },
    redirectToAuthorization(address) {
      kept.address = address;
    },
    saveCodeVerifier(verifier) {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? '',
    saveDiscoveryState(state) {
      kept.discovery = state;
    },
    discoveryState: () => kept.discovery,
    async code() {
      if (!kept.address) throw new Error('the client did not ask the user to sign in');
      return (await followRedirects(kept.address, REDIRECT)).searchParams;
    },
  };
}
