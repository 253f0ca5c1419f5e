import type { Browser, Page } from 'playwright-core';
import { DEMO } from '../../local/identity/authorization-server.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { startTestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';

/** What the browser lets a page read of a call. */
export type Seen =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | 'nothing';

/** The laptop stack, and pages of two origins in front of it. */
export interface Scene {
  /** Origin of the load balancer. */
  readonly api: string;
  readonly token: string;
  /** Of the origin that policies list. */
  readonly listed: Page;
  /** Of another one on the same host, so that browsers send it the same cookies. */
  readonly foreign: Page;
  /** Methods, paths and statuses of the load balancer's responses since the last call. */
  readonly responses: () => readonly string[];
  /** Puts a policy, made for the listed origin and the upstream, and waits until it is in force. */
  put(policy: (parts: PolicyParts) => object): Promise<void>;
  close(): Promise<void>;
}

export interface PolicyParts {
  readonly listed: string;
  /** An upstream that lets every page read everything. */
  readonly careless: string;
  /** A provider of the stack's authorization server. */
  readonly provider: { readonly type: string; readonly issuer: string; readonly audience: string };
}

/** Name of the cookie with the token. A name with __Host- would need https. */
export const COOKIE = 'session';

/** Makes a page call the API. */
export const call = (
  page: Page,
  url: string,
  init: Pick<RequestInit, 'method' | 'credentials' | 'mode'> & {
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } = {},
): Promise<Seen> =>
  page.evaluate(
    async ([target, options]): Promise<Seen> => {
      try {
        const response = await fetch(target, options);
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: await response.text(),
        };
      } catch {
        return 'nothing';
      }
    },
    [url, init] as const,
  );

export async function startScene(browser: Browser): Promise<Scene> {
  const opened: { close(): Promise<unknown> }[] = [];
  const close = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  const open = async <T extends { close(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
    const part = await starting;
    opened.push(part);
    return part;
  };
  const serve = (name: string, headers: (origin: string | undefined) => Record<string, string>) =>
    open(
      startLoopbackServer({ name, port: 0 }, () => (request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html', ...headers(request.headers.origin) });
        response.end(`<title>${name}</title>`);
      }),
    );
  try {
    const stack = await open(startTestStack());
    const careless = await serve('careless upstream', (origin = '*') => ({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': 'ETag, X-Secret',
      ETag: '"1"',
      'X-Secret': 'of the upstream',
    }));
    const pages = [await serve('listed page', () => ({})), await serve('foreign page', () => ({}))] as const;
    const token = await stack.token();
    const context = await open(browser.newContext());
    await context.addCookies([{ name: COOKIE, value: token, url: stack.urls.loadBalancer, sameSite: 'Lax' }]);
    const [listed, foreign] = [await context.newPage(), await context.newPage()];
    await listed.goto(pages[0].origin);
    await foreign.goto(pages[1].origin);

    let seen = 0;
    const responses = () => {
      const lines = stack.lines.slice(seen).filter(({ part, kind }) => part === 'alb' && kind === 'event');
      seen = stack.lines.length;
      return lines.map(({ text }) => text);
    };
    let puts = 0;
    const put: Scene['put'] = async (policy) => {
      const provider = { type: 'jwks', issuer: stack.urls.authorizationServer, audience: DEMO.audience };
      const document = policy({ listed: pages[0].origin, careless: careless.origin, provider }) as object;
      // Every rejection shows this value, which is unique to the policy.
      const problemTypes = `https://docs.example/${++puts}#`;
      stack.setParameter('policy', JSON.stringify({ ...document, problemTypes }));
      await eventually(
        async () => (await stack.call('/api/none')).text(),
        (text) => text.includes(problemTypes),
      );
      responses();
    };
    return { api: stack.urls.loadBalancer, token, listed, foreign, responses, put, close };
  } catch (error) {
    await close();
    throw error;
  }
}
