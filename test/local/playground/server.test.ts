import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exchange } from '../../support/local-stack-fixtures.ts';
import { type Playground, startTestPlayground } from './playground-fixture.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startTestPlayground();
});
afterAll(() => playground.close());

const CALL = { 'x-playground': '1' };
const statusOf = async (headers: Record<string, string>, path = '/api/stack') => {
  const fields = Object.entries({ Host: `localhost:${playground.port}`, ...headers, Connection: 'close' });
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const response = await exchange(playground.port, `GET ${path} HTTP/1.1\r\n${head}\r\n`);
  return Number(/^HTTP\/1.1 (\d+)/.exec(response)?.[1]);
};

describe('who may call', () => {
  test("the page itself may, and so may a shell that sends the API's header field", async () => {
    expect(await statusOf(CALL)).toBe(200);
    const own = `http://localhost:${playground.port}`;
    expect(await statusOf({ ...CALL, Origin: own, 'Sec-Fetch-Site': 'same-origin' })).toBe(200);
  });

  test.each([
    'evil.example',
    'evil.example:80',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.localhost',
    'localhost.',
    'localhost@evil.example',
    'localhost, evil.example',
    '0.0.0.0',
    '127.1',
    '2130706433',
    '[::ffff:127.0.0.1]',
    '',
  ])(
    'a request to "%s" is rejected, because anybody could make that name resolve to this machine',
    async (host) => {
      for (const path of ['/', '/main.js', '/api/stack']) {
        expect(await statusOf({ ...CALL, Host: host }, path)).toBe(421);
      }
    },
  );

  test.each(['http://evil.example', 'http://localhost:1', 'https://localhost', 'null'])(
    'a page of the origin %s is rejected',
    async (origin) => {
      for (const path of ['/', '/api/stack']) {
        expect(await statusOf({ ...CALL, Origin: origin }, path)).toBe(403);
      }
    },
  );

  test.each(['cross-site', 'same-site', 'none'])(
    'a call that the browser marks as %s is rejected',
    async (site) => {
      expect(await statusOf({ ...CALL, 'Sec-Fetch-Site': site })).toBe(403);
    },
  );

  test('a link from another site still opens the page', async () => {
    expect(await statusOf({ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }, '/')).toBe(200);
  });

  test('each call needs the field that a form or an image cannot send', async () => {
    expect(await statusOf({})).toBe(403);
    expect(await statusOf({ 'x-playground': '2' })).toBe(403);
    for (const name of ['outage', 'rotation', 'parameter', 'send', 'token']) {
      const response = await fetch(`${playground.origin}/api/${name}`, { method: 'POST', body: '{}' });
      expect([response.status, await response.json()]).toEqual([
        403,
        { error: 'A call of this API needs the header field "x-playground: 1".' },
      ]);
    }
  });

  test('a preflight is rejected, and no response lets another origin read it', async () => {
    const response = await fetch(`${playground.origin}/api/send`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:1',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-playground',
      },
    });
    expect(response.status).toBe(403);
    for (const path of ['/', '/api/stack']) {
      const { headers } = await fetch(playground.origin + path, { headers: CALL });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});

describe('the page', () => {
  const open = async () => {
    const response = await fetch(playground.origin);
    const policy = response.headers.get('content-security-policy') ?? '';
    return { response, policy, html: await response.text() };
  };

  test('has a CSP that allows no inline script or style and no other origin', async () => {
    const { policy } = await open();
    const directives = new Map(policy.split('; ').map((directive) => directive.split(/ (.*)/s, 2) as [string, string])); // biome-ignore format: one line
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
    expect(Object.fromEntries(directives)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': expect.stringMatching(/^'self' 'nonce-[A-Za-z0-9+/]{22}=='$/),
      'img-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': "'none'",
    });
  });

  test('has a new nonce each time', async () => {
    const pages = [await open(), await open()];
    const nonces = pages.map(({ policy }) => /'nonce-([^']+)'/.exec(policy)?.[1] ?? '');
    expect(new Set(nonces).size).toBe(2);
    expect(pages.map(({ html }) => / nonce="([^"]+)"/.exec(html)?.[1])).toEqual(nonces);
  });

  test('has no inline script, style or handler', async () => {
    const { html } = await open();
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=| on[a-z]+=/i);
  });

  test('is neither cached nor sniffed, and other sites do not learn its address', async () => {
    const { response } = await open();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  test('refers only to files that the server has', async () => {
    const seen = new Map<string, string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      const response = await fetch(playground.origin + path);
      const text = await response.text();
      seen.set(path, text);
      expect([path, response.status]).toEqual([path, 200]);
      const names = [...text.matchAll(/(?:src|href)="(\/[^"]+)"|(?:from|import\()\s*"\.(\/[^"]+\.js)"|^import"\.(\/[^"]+\.js)"/gm)]; // biome-ignore format: one line
      for (const [, linked, imported, bare] of names) await visit(String(linked ?? imported ?? bare));
    };
    await visit('/');
    expect([...seen.keys()].filter((path) => path.endsWith('.js')).length).toBeGreaterThan(1);
    expect([...seen.keys()]).toContain('/style.css');
  });

  test('loads less than 60 KB of script before it can be used, and less than 140 KB compressed in all', async () => {
    const sizeOf = async (path: string) => {
      const response = await exchange(
        playground.port,
        `GET ${path} HTTP/1.0\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n`,
      );
      const bytes = Buffer.from(response.slice(response.indexOf('\r\n\r\n') + 4), 'latin1');
      return { wire: bytes.length, text: gunzipSync(bytes).toString('utf8') };
    };
    const wanted = ['/main.js'];
    let wire = 0;
    const needed = new Set<string>();
    for (const path of wanted) {
      const { wire: size, text } = await sizeOf(path);
      wire += size;
      if (path === '/main.js') needed.add(text);
      for (const [name] of text.matchAll(/\/[\w-]+\.js/g)) if (!wanted.includes(name)) wanted.push(name);
    }
    const [main = ''] = needed;
    expect(wanted.length).toBeGreaterThan(1);
    expect(main.length).toBeLessThan(60_000);
    expect(wire).toBeLessThan(140_000);
  });
});

describe('an error', () => {
  test('says that a part of the stack is down, and the next call works', async () => {
    const response = await playground.call('token', { scope: '', audience: '', lifetime: 60 });
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: expect.stringMatching(/^The playground failed: /) },
    ]);
    expect((await playground.call('stack')).status).toBe(200);
  });

  test.each([
    ['GET', '/nothing', undefined, 404, 'The playground has no page /nothing.'],
    ['GET', '/../package.json', undefined, 404, 'The playground has no page /package.json.'],
    ['POST', '/', '', 405, '/ only takes GET.'],
    ['GET', '/api/nothing', undefined, 404, "The playground's API has no GET nothing."],
    ['GET', '/api/__proto__', undefined, 404, "The playground's API has no GET __proto__."],
    ['POST', '/api/token', '{', 400, 'The body is not JSON.'],
    ['POST', '/api/outage', '{"on":"yes"}', 400, 'on: Invalid type: Expected boolean but received "yes"'],
    ['POST', '/api/outage', '[]', 400, expect.stringContaining('Expected')],
    ['POST', '/api/parameter', '{"name":"other","value":"1"}', 422, 'There is no parameter "other".'],
    ['POST', '/api/parameter', '{"name":"policy","value":""}', 422, expect.stringContaining('SSM rejects the value: ')], // biome-ignore format: one line
  ])('%s %s %s', async (method, path, body, status, error) => {
    const response = await fetch(playground.origin + path, { method, headers: CALL, ...(body !== undefined && { body }) }); // biome-ignore format: one line
    expect([response.status, await response.json()]).toEqual([status, { error }]);
  });
});
