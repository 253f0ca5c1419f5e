import { deepEqual, equal, match } from 'node:assert/strict';
import { COOKIE, call, type PolicyParts, type Scene, type Seen } from './scene.ts';

export type Check = (scene: Scene) => Promise<void>;

/** Checks under one policy. */
export interface PolicyChecks {
  readonly policy: (parts: PolicyParts) => object;
  readonly checks: Readonly<Record<string, Check>>;
}

/** What a page has read; fails if it could read nothing. */
function read(seen: Seen): Exclude<Seen, 'nothing'> {
  if (seen === 'nothing') throw new Error('the browser lets the page read nothing');
  return seen;
}

const codeOf = (seen: Seen): unknown => JSON.parse(read(seen).body).code;
const bearing = ({ token }: Scene) => ({ authorization: `Bearer ${token}` });
const onlyMethods = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^(\S+) \S+ (\d+).*$/, '$1 $2'));
const JSON_PUT = { method: 'PUT', body: '{"a":1}' };

const routes = ({ careless }: PolicyParts) => [
  { path: '/api/careless/*', onUnauthenticatedRequest: 'allow', upstream: careless },
  { path: '/api/open/*', onUnauthenticatedRequest: 'allow' },
  { path: '/api/me', upstream: 'whoami' },
  { path: '/api/admin/*', scopes: ['admin'] },
];

const TOKENS: Readonly<Record<string, Check>> = {
  'a listed page reads why it is rejected, and the request id': async (scene) => {
    const response = read(await call(scene.listed, `${scene.api}/api/x`));
    equal(response.status, 401);
    match(response.headers['www-authenticate'] ?? '', /^Bearer realm=/);
    const { code, requestId } = JSON.parse(response.body);
    deepEqual([code, response.headers['x-request-id']], ['token_missing', requestId]);
  },
  'it reads the response of the upstream to its token, and whose token that is': async (scene) => {
    const response = read(await call(scene.listed, `${scene.api}/api/x`, { headers: bearing(scene) }));
    deepEqual([response.status, JSON.parse(response.body).method], [200, 'GET']);
    const me = read(await call(scene.listed, `${scene.api}/api/me`, { headers: bearing(scene) }));
    equal(JSON.parse(me.body).client_id, 'demo-client');
  },
  'it reads which scope it lacks': async (scene) => {
    const response = read(await call(scene.listed, `${scene.api}/api/admin/x`, { headers: bearing(scene) }));
    deepEqual([response.status, codeOf(response)], [403, 'scope_missing']);
    match(response.headers['www-authenticate'] ?? '', /scope="admin"/);
  },
  'it sends JSON with PUT after a preflight, which the browser caches': async (scene) => {
    const headers = { ...bearing(scene), 'content-type': 'application/json', 'x-own': '1' };
    scene.responses();
    for (const expected of [['OPTIONS 204', 'PUT 200'], ['PUT 200']]) {
      const response = read(await call(scene.listed, `${scene.api}/api/put`, { ...JSON_PUT, headers }));
      deepEqual([response.status, JSON.parse(response.body).body], [200, JSON_PUT.body]);
      deepEqual(onlyMethods(scene.responses()), expected);
    }
  },
  'a page that is not listed reads nothing, not even from an anonymous route': async (scene) => {
    for (const path of ['/api/x', '/api/open/x', '/api/careless/x']) {
      equal(await call(scene.foreign, scene.api + path), 'nothing');
    }
    equal(await call(scene.foreign, `${scene.api}/api/x`, { headers: bearing(scene) }), 'nothing');
  },
  'and the browser does not send its requests that need a preflight': async (scene) => {
    scene.responses();
    equal(await call(scene.foreign, `${scene.api}/api/open/x`, { method: 'PUT' }), 'nothing');
    deepEqual(onlyMethods(scene.responses()), ['OPTIONS 403']);
  },
  'a sandboxed frame of the listed page, whose origin is null, reads nothing': async (scene) => {
    scene.responses();
    const seen = await scene.listed.evaluate(
      (url) =>
        new Promise((resolve) => {
          const page = globalThis as unknown as FramedPage;
          page.onmessage = ({ data }) => resolve(data);
          const frame = page.document.createElement('iframe');
          frame.setAttribute('sandbox', 'allow-scripts');
          frame.setAttribute(
            'srcdoc',
            `<script>fetch(${JSON.stringify(url)}).then(() => 'something', () => 'nothing')
              .then((seen) => parent.postMessage(seen, '*'))</script>`,
          );
          page.document.body.append(frame);
        }),
      `${scene.api}/api/open/x`,
    );
    equal(seen, 'nothing');
    deepEqual(onlyMethods(scene.responses()), ['GET 200']);
  },
  'the listed page reads what the policy exposes, not what a careless upstream does': async (scene) => {
    const response = read(await call(scene.listed, `${scene.api}/api/careless/x`));
    deepEqual(
      [response.status, response.headers.etag, response.headers['x-secret']],
      [200, '"1"', undefined],
    );
    equal(await call(scene.listed, `${scene.api}/api/careless/x`, { credentials: 'include' }), 'nothing');
  },
};

/** Only the types that the frame needs, because no other file needs the browser's types. */
interface FramedPage {
  onmessage: (event: { readonly data: unknown }) => void;
  readonly document: {
    createElement(name: string): { setAttribute(name: string, value: string): void };
    readonly body: { append(element: unknown): void };
  };
}

const COOKIES: Readonly<Record<string, Check>> = {
  'a listed page reads responses to its cookie': async (scene) => {
    const response = read(await call(scene.listed, `${scene.api}/api/me`, { credentials: 'include' }));
    equal(JSON.parse(response.body).client_id, 'demo-client');
    equal(codeOf(await call(scene.listed, `${scene.api}/api/me`)), 'token_missing');
  },
  'it changes something with its cookie': async (scene) => {
    const headers = { 'content-type': 'application/json' };
    const options = { ...JSON_PUT, headers, credentials: 'include' } as const;
    const response = read(await call(scene.listed, `${scene.api}/api/x`, options));
    deepEqual([response.status, JSON.parse(response.body).body], [200, JSON_PUT.body]);
  },
  'a page that is not listed reads none of them': async (scene) => {
    equal(await call(scene.foreign, `${scene.api}/api/me`, { credentials: 'include' }), 'nothing');
  },
  'and changes nothing, although the browser sends the cookie without a preflight': async (scene) => {
    scene.responses();
    const options = { method: 'POST', body: 'a=1', mode: 'no-cors', credentials: 'include' } as const;
    await call(scene.foreign, `${scene.api}/api/x`, options);
    deepEqual(onlyMethods(scene.responses()), ['POST 403']);
  },
};

const UPSTREAMS_OWN: Readonly<Record<string, Check>> = {
  'without "cors" every page reads what a careless upstream allows': async (scene) => {
    const response = read(await call(scene.foreign, `${scene.api}/api/careless/x`));
    equal(response.headers['x-secret'], 'of the upstream');
    equal(await call(scene.foreign, `${scene.api}/api/x`), 'nothing');
  },
};

const ALL_PAGES: Readonly<Record<string, Check>> = {
  'with "*" every page reads responses, but not those to cookies': async (scene) => {
    equal(codeOf(await call(scene.foreign, `${scene.api}/api/x`)), 'token_missing');
    const response = read(await call(scene.foreign, `${scene.api}/api/x`, { headers: bearing(scene) }));
    equal(response.status, 200);
    equal(await call(scene.foreign, `${scene.api}/api/x`, { credentials: 'include' }), 'nothing');
  },
};

/** The checks for each policy, in order. */
export const CHECKS: readonly PolicyChecks[] = [
  {
    policy: (parts) => ({
      cors: { origins: [parts.listed], exposeHeaders: ['ETag'] },
      routes: routes(parts),
    }),
    checks: TOKENS,
  },
  {
    policy: ({ listed, provider }) => ({
      cors: { origins: [listed], credentials: true },
      providers: { web: { ...provider, tokenFrom: [{ cookie: COOKIE }] } },
      routes: [
        { path: '/api/me', providers: ['web'], upstream: 'whoami' },
        { path: '/api/x', providers: ['web'] },
      ],
    }),
    checks: COOKIES,
  },
  { policy: () => ({ cors: { origins: ['*'] } }), checks: ALL_PAGES },
  { policy: (parts) => ({ routes: routes(parts) }), checks: UPSTREAMS_OWN },
];
