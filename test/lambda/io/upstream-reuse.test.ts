import { describe, expect, jest, test } from '@jest/globals';
import { forward } from '../../../lambda/io/upstream.ts';
import { type Connection, type RawServer, response } from '../../support/raw-server.ts';
import { rawServersPerTest } from '../../support/raw-servers-per-test.ts';

const servers = rawServersPerTest();
let server: RawServer;

const OPTIONS = { remainingMs: 10_000, maxResponseBytes: 1000 };
const send = (method = 'GET', options = OPTIONS) =>
  forward({ method, path: '/api/x', query: '', headers: [], body: Buffer.alloc(0) }, server.url, options);
const allowed = { kind: 'response', response: { status: 200 } };
const error = { kind: 'failed', code: 'upstream_error' };

/** Lets the client see that its sockets are idle, or gone. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Responds to every request of a connection except the last, at which the connection dies without a byte. */
const dyingAt =
  (request: number, die: (connection: Connection) => void = ({ socket }) => void socket.destroy()) =>
  async (connection: Connection) => {
    for (let count = 1; ; count += 1) {
      if ((await connection.request()).length === 0) return;
      if (connection.number === 1 && count === request) return die(connection);
      connection.write(response('ok'));
    }
  };

test('one connection serves request after request', async () => {
  server = await servers.start(dyingAt(0));
  for (let i = 0; i < 3; i += 1) expect(await send()).toMatchObject(allowed);
  expect(server.connections()).toBe(1);
});

test('a connection that was idle for seconds is not reused, even if no timer ran in the meantime', async () => {
  server = await servers.start(dyingAt(2));
  await send();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 5_000);
  try {
    expect(await send('POST')).toMatchObject(allowed);
  } finally {
    clock.mockRestore();
  }
  expect(server.connections()).toBe(2);
});

describe('a kept-alive connection that turns out to be dead', () => {
  test.each(['GET', 'OPTIONS', 'PUT', 'DELETE'])(
    'is replaced for a %s, which is sent again',
    async (method) => {
      server = await servers.start(async (connection) => {
        for (let count = 1; ; count += 1) {
          if ((await connection.request()).length === 0) return;
          if (connection.number === 1 && count === 2) return connection.reset();
          connection.write(response('ok'));
        }
      });
      await send();
      expect(await send(method)).toMatchObject({ kind: 'response', response: { status: 200 } });
      expect(server.connections()).toBe(2);
      expect(server.requests).toHaveLength(3);
    },
  );
  test.each(['POST', 'PATCH', 'LOCK'])('fails a %s, which may have taken effect already', async (method) => {
    server = await servers.start(dyingAt(2));
    await send();
    expect(await send(method)).toMatchObject(error);
    expect(server.requests).toHaveLength(2);
  });
  test('is replaced only once: if the second connection dies too, that is an error', async () => {
    server = await servers.start(async (connection) => {
      await connection.request();
      if (connection.number === 1) {
        connection.write(response('ok'));
        await connection.request();
      }
      connection.reset();
    });
    await send();
    expect(await send()).toMatchObject(error);
    expect(server.requests).toHaveLength(3);
  });
  test('leaves the next request unharmed', async () => {
    server = await servers.start(dyingAt(2));
    await send();
    expect(await send('POST')).toMatchObject(error);
    expect(await send('POST')).toMatchObject(allowed);
  });
  test('is not replaced by another dead one', async () => {
    const alive = { from: 3 };
    server = await servers.start(async (connection) => {
      await connection.request();
      if (connection.number < alive.from) await settle();
      connection.write(response('ok'));
      await connection.request();
      if (connection.number < alive.from) return connection.reset();
      connection.write(response('ok'));
    });
    await Promise.all([send(), send()]);
    await settle();
    expect(await send()).toMatchObject(allowed);
  });
});

test('a new connection that dies is an error at once', async () => {
  server = await servers.start(async (connection) => {
    await connection.request();
    connection.reset();
  });
  expect(await send()).toMatchObject(error);
  expect(server.requests).toHaveLength(1);
});

test('a kept-alive connection that dies within its response is an error at once', async () => {
  server = await servers.start(
    dyingAt(2, ({ write, socket }) => {
      write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
      socket.end();
    }),
  );
  await send();
  expect(await send()).toMatchObject(error);
  expect(server.requests).toHaveLength(2);
});

describe('the next request is unharmed', () => {
  const next = async (bytes: string, options = OPTIONS) => {
    server = await servers.start(async (connection) => {
      await connection.request();
      connection.write(connection.number === 1 ? bytes : response('ok'));
      if ((await connection.request()).length > 0) connection.write(response('ok'));
    });
    const first = await send('GET', options);
    await settle();
    expect(await send()).toMatchObject({ ...allowed, response: { status: 200, body: Buffer.from('ok') } });
    return first;
  };

  test.each(['204 No Content', '304 Not Modified'])(
    'after a %s with a body, which is malformed',
    async (status) => {
      expect(await next(`HTTP/1.1 ${status}\r\nContent-Length: 4\r\n\r\nevil`)).toMatchObject(error);
    },
  );
  test('after a second response that was not requested', async () => {
    expect(await next(response('ok') + response('evil'))).toMatchObject(allowed);
  });
  test('after a bad header section', async () => expect(await next('nonsense\r\n\r\n')).toMatchObject(error));
  test('after one that never ends', async () => {
    const hasty = { ...OPTIONS, remainingMs: 600 };
    expect(await next('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', hasty)).toMatchObject({
      code: 'upstream_timeout',
    });
  });
  test('after one that is too large', async () => {
    expect(await next(response('x'.repeat(5000)))).toMatchObject({ code: 'upstream_response_too_large' });
  });
});

test('a HEAD whose response has a body is malformed, and leaves the next request unharmed', async () => {
  server = await servers.start(async (connection) => {
    for (;;) {
      if ((await connection.request()).length === 0) return;
      connection.write(response('evil'));
    }
  });
  expect(await send('HEAD')).toMatchObject(error);
  await settle();
  expect(await send()).toMatchObject({ ...allowed, response: { status: 200, body: Buffer.from('evil') } });
});
