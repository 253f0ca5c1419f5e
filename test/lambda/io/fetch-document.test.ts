import type { LookupFunction } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { createFetchDocument, DocumentNotFound, fetchDocument } from '../../../lambda/io/fetch-document.ts';
import {
  type Connection,
  type Conversation,
  refusedUrl,
  respondingWith,
  response,
} from '../../support/raw-server.ts';
import { rawServersPerTest } from '../../support/raw-servers-per-test.ts';

const servers = rawServersPerTest();

async function fetchFrom(conversation: string | Conversation) {
  const { url } = await servers.start(
    typeof conversation === 'string' ? respondingWith(conversation) : conversation,
  );
  return fetchDocument(new URL('/jwks?a=b', url));
}

test('fetches a document with a User-Agent and only necessary fields', async () => {
  const document = await fetchFrom(response('{"keys":"é"}', { headers: ['Cache-Control: max-age=15'] }));
  expect(document).toEqual({ text: '{"keys":"é"}', cacheControl: 'max-age=15' });
  expect(servers.latest().requests).toEqual([
    [
      'GET /jwks?a=b HTTP/1.1',
      `host: ${servers.latest().url.host}`,
      'accept: application/json',
      'user-agent: alb-jwt-authorizer',
      '',
      '',
    ].join('\r\n'),
  ]);
});

test('a byte order mark is not part of the document', async () => {
  expect(await fetchFrom(response('\ufeff{}'))).toEqual({ text: '{}', cacheControl: undefined });
});

test('a document may come without Cache-Control', async () => {
  expect(await fetchFrom(response('{}'))).toEqual({ text: '{}', cacheControl: undefined });
});

describe('no document is returned', () => {
  test.each([301, 302, 303, 307, 308])(
    'if the server redirects with %d, which is not followed',
    async (status) => {
      const headers = [`Location: /elsewhere`];
      await expect(fetchFrom(response('{}', { status: `${status} Moved`, headers }))).rejects.toThrow(
        `/jwks?a=b: responded with status ${status}`,
      );
      expect(servers.latest().requests).toHaveLength(1);
    },
  );
  test.each([201, 204, 206, 400, 401, 403, 429, 500, 503])('with status %d', async (status) => {
    await expect(fetchFrom(`HTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`)).rejects.toThrow(
      `responded with status ${status}`,
    );
  });
  test('with status 404, the only reliable sign that there is none', async () => {
    const fetching = fetchFrom('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    await expect(fetching).rejects.toBeInstanceOf(DocumentNotFound);
    await servers.latest().close();
    const forbidden = fetchFrom('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    await expect(forbidden).rejects.not.toBeInstanceOf(DocumentNotFound);
  });
  test('if the connection is refused', async () => {
    await expect(fetchDocument(await refusedUrl())).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+\/: .*ECONNREFUSED/,
    );
  });
  test('if the server does not speak TLS', async () => {
    const server = await servers.start(async ({ request, write }) => {
      await request();
      write(response('{}'));
    });
    const url = new URL(server.url.href.replace('http:', 'https:'));
    await expect(fetchDocument(url)).rejects.toThrow(url.href);
  });
  test('if it is cut short', async () => {
    const fetching = fetchFrom(async ({ request, write, socket }) => {
      await request();
      write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}');
      socket.end();
    });
    await expect(fetching).rejects.toThrow('/jwks?a=b: ');
  });
  test('if it is over 512 KB, however long', async () => {
    let sent = 0;
    const fetching = fetchFrom(async ({ request, write, socket }) => {
      await request();
      write('HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n');
      const chunk = 'x'.repeat(64 * 1024);
      const more = () => {
        while (sent < 50_000_000 && !socket.destroyed) {
          sent += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', more);
        }
      };
      more();
    });
    await expect(fetching).rejects.toThrow('the body is over 524288 bytes');
    expect(sent).toBeLessThan(50_000_000);
  });
  test('but exactly 512 KB are', async () => {
    expect((await fetchFrom(response('x'.repeat(512 * 1024)))).text).toHaveLength(512 * 1024);
  });
  test('if it drips or never begins', async () => {
    const slow = async ({ request, write, socket }: Connection) => {
      const drips = String(await request()).includes('/drip');
      if (drips) write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
      const timer = setInterval(() => drips && write(' '), 20);
      socket.on('close', () => clearInterval(timer));
    };
    const server = await servers.start(slow);
    const { url } = server;
    const results = await Promise.allSettled(
      ['/drip', '/hang'].map((path) => fetchDocument(new URL(path, url))),
    );
    expect(results.map((result) => result.status === 'rejected' && result.reason.message)).toEqual([
      `${url.origin}/drip: no complete response within 2000 ms`,
      `${url.origin}/hang: no complete response within 2000 ms`,
    ]);
  });
});

describe('rejects a name because of where it leads', () => {
  /** A resolver that returns these addresses for every name. */
  const resolving =
    (...addresses: string[]): LookupFunction =>
    (_hostname, options, callback) => {
      const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      if (options.all) callback(null, all);
      else callback(null, addresses[0] ?? '', 4);
    };
  const fetchBy = (name: string, options?: Parameters<typeof fetchDocument>[1], ...addresses: string[]) => {
    const url = new URL(servers.latest().url);
    url.hostname = name;
    return createFetchDocument(resolving(...addresses))(url, options);
  };
  const elsewhere = { elsewhere: true };

  test.each([
    ['127.0.0.1', elsewhere, 'loopback'],
    ['::1', elsewhere, 'loopback'],
    ['::ffff:127.0.0.1', elsewhere, 'loopback'],
    ['169.254.169.254', elsewhere, 'link-local'],
    ['169.254.169.254', undefined, 'link-local'],
    ['fe80::1%lo', undefined, 'link-local'],
  ])('%s, %j: %s', async (address, options, reach) => {
    await servers.start(respondingWith(response('{}')));
    await expect(fetchBy('keys.example', options, address)).rejects.toThrow(
      `the host resolves to a ${reach} address`,
    );
    await expect(fetchBy('keys.example', options, '192.0.2.1', address)).rejects.toThrow(
      `resolves to a ${reach} address`,
    );
    expect(servers.latest().requests).toEqual([]);
  });
  test('and rejects an address directly', async () => {
    const { url } = await servers.start(respondingWith(response('{}')));
    await expect(fetchDocument(url, elsewhere)).rejects.toThrow('the host resolves to a loopback address');
    await expect(fetchDocument(new URL('http://169.254.169.254/'))).rejects.toThrow('link-local');
    expect(servers.latest().requests).toEqual([]);
  });
  test('but an operator may name this machine', async () => {
    await servers.start(respondingWith(response('{}')));
    expect(await fetchBy('keys.example', undefined, '127.0.0.1')).toMatchObject({ text: '{}' });
  });
  test('and a name that does not exist is an ordinary failure', async () => {
    await servers.start(respondingWith(response('{}')));
    const absent: LookupFunction = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND keys.example'), { code: 'ENOTFOUND' }), []);
    await expect(createFetchDocument(absent)(new URL('http://keys.example'))).rejects.toThrow('ENOTFOUND');
  });
});
