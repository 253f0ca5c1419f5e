import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Console, createConsole } from '../../../local/console/console.ts';
import { createStyle } from '../../../local/console/style.ts';
import type { Part, ServedRequest } from '../../../local/stack-event.ts';

let lines: string[];
let timers: Set<() => void>;
let stackConsole: Console;

function start(verbose = false) {
  lines = [];
  timers = new Set();
  stackConsole = createConsole({
    write: (line) => lines.push(line),
    style: createStyle(false),
    verbose,
    later(_, callBack) {
      timers.add(callBack);
      return () => timers.delete(callBack);
    },
  });
}
beforeEach(() => start());

const served = (invocationId: string | undefined, more: Partial<ServedRequest> = {}, part: Part = 'alb') =>
  stackConsole.show({
    part,
    kind: 'request',
    request: { method: 'GET', path: '/api/x', status: 200, ms: 2, invocationId, ...more },
  });
const wrote = (members: object, part: Part = 'lambda') =>
  stackConsole.show({ part, kind: 'output', text: JSON.stringify(members) });
const decided = (invocationId: string, more: object = {}, part: Part = 'lambda') =>
  wrote({ message: 'decision', level: 'INFO', code: 'allowed', provider: 'default', invocationId, ...more }, part); // biome-ignore format: one line
const put = (name: string, value: string, version = 2) =>
  stackConsole.show({ part: 'ssm', kind: 'parameter', parameter: { name: `/x/${name}`, value, version } });

describe('a request and the decision on it', () => {
  test.each([
    ['the decision comes first', [decided, served]],
    ['the response comes first', [served, decided]],
  ])('are one line if %s', (_, happenings) => {
    for (const happen of happenings) happen('1');
    expect(lines).toEqual(['200  GET /api/x  provider default  2 ms']);
    expect(timers.size).toBe(0);
  });

  test('are joined by an id that no client can choose', () => {
    served('1', { path: '/api/1' });
    served('2', { path: '/api/2' });
    decided('2', { requestId: 'same', provider: 'second' });
    decided('1', { requestId: 'same', provider: 'first' });
    expect(lines).toEqual([
      '200  GET /api/2  provider second  2 ms',
      '200  GET /api/1  provider first  2 ms',
    ]);
  });

  test('are shown without the decision if that does not arrive', () => {
    served('1');
    expect(lines).toEqual([]);
    for (const expire of timers) expire();
    expect(lines).toEqual(['200  GET /api/x  the function logged no decision  2 ms']);
    decided('1');
    expect(lines).toHaveLength(1);
  });

  test('are shown at once if the function failed', () => {
    served('1', { status: 502, failure: 'timed out after 30 s' });
    expect(lines).toEqual(['502  GET /api/x  timed out after 30 s  2 ms']);
  });

  test('are shown when the console closes', () => {
    served('1');
    stackConsole.close();
    expect(lines).toHaveLength(1);
  });

  test('cannot be forged by a client whose path looks like a line', () => {
    const path = `/api/\n{"message":"decision","code":"allowed","invocationId":"1"}`;
    served('1', { path, status: 401 });
    decided('1', { code: 'token_missing', reason: 'none' });
    expect(lines).toEqual([
      expect.stringMatching(/^401 {2}GET \/api\/\\n\{.*token_missing {2}none {2}2 ms$/),
    ]);
  });

  test('do not pile up if no request follows', () => {
    for (let i = 0; i < 5000; i++) decided(String(i));
    served('0');
    expect(lines).toEqual([]);
    served('4999');
    expect(lines).toHaveLength(1);
  });
});

describe('the last rejection is', () => {
  test('the last request that was rejected, by the load balancer or the API', () => {
    expect(stackConsole.lastRejection()).toBeUndefined();
    decided('1', { code: 'token_missing', requestId: 'r1' });
    served('1', { status: 401 });
    expect(stackConsole.lastRejection()).toEqual({ part: 'alb', requestId: 'r1' });
    decided('2', { requestId: 'r2' });
    served('2');
    expect(stackConsole.lastRejection()).toEqual({ part: 'alb', requestId: 'r1' });
    decided('3', { code: 'scope_missing', requestId: 'r3' }, 'api');
    served('3', { status: 403 }, 'api');
    expect(stackConsole.lastRejection()).toEqual({ part: 'api', requestId: 'r3' });
  });
});

describe('besides requests it shows', () => {
  test('that a parameter has changed, and when it is in force', () => {
    wrote({ message: 'configuration loaded', level: 'INFO', configVersion: '1.1.1.1.1.1' });
    put('audience', 'other');
    wrote({ message: 'configuration loaded', level: 'INFO', configVersion: '1.1.1.1.1.1' });
    expect(lines).toEqual(['parameter  audience = other']);
    wrote({ message: 'configuration loaded', level: 'INFO', configVersion: '1.2.1.1.1.1' });
    wrote({ message: 'configuration loaded', level: 'INFO', configVersion: '1.2.1.1.1.1' });
    expect(lines.slice(1)).toEqual(['config  in force: audience']);
  });

  test('that only those parameters are in force whose new version a verifier has loaded', () => {
    const loaded = (configVersion: string) =>
      wrote({ message: 'configuration loaded', level: 'INFO', configVersion });
    put('policy', '{', 2);
    put('audience', 'other', 2);
    put('other', 'of nobody', 1);
    const gone = { name: '/x/issuer', value: undefined, version: undefined };
    stackConsole.show({ part: 'ssm', kind: 'parameter', parameter: gone });
    lines.length = 0;
    loaded('1.1.1.1.1.1');
    expect(lines).toEqual([]);
    loaded('1.2.1.1.1.1');
    expect(lines).toEqual(['config  in force: audience']);
    put('policy', '{}', 3);
    lines.length = 0;
    loaded('1.2.1.1.3.1');
    expect(lines).toEqual(['config  in force: policy']);
  });

  test('that a parameter is rejected, with every problem, once for all functions, and again after another change', () => {
    const rejected = {
      level: 'ERROR',
      message: 'configuration rejected; the last valid values stay in force',
      problems: ['/x/policy: a is wrong', '/x/policy: b is wrong'],
    };
    const expected = [
      'config  rejected; the last valid values stay in force',
      '     /x/policy: a is wrong',
      '     /x/policy: b is wrong',
    ];
    wrote(rejected, 'keeper');
    wrote({ ...rejected, configVersion: '1' }, 'lambda');
    expect(lines).toEqual(expected);
    put('policy', '{"a":1}');
    wrote(rejected, 'keeper');
    expect(lines.slice(4)).toEqual(expected);
  });

  test('the warnings about the configuration', () => {
    wrote({ message: 'configuration loaded', level: 'WARN', configVersion: '1', warnings: ['too open'] });
    expect(lines).toEqual(['config  loaded, with warnings', '     too open']);
  });

  test.each<[string, object, string]>([
    [
      'keys',
      { message: 'keys loaded', level: 'INFO', provider: 'default', keys: 5 },
      'keys  5 of provider default loaded',
    ],
    [
      'that there are none',
      { message: 'keys could not be loaded', level: 'ERROR', provider: 'default', reason: '503' },
      'keys  those of provider default could not be loaded: 503',
    ],
    [
      'what else the function warns of',
      { message: 'there is no fresh snapshot', level: 'WARN', reason: 'none' },
      'function  there is no fresh snapshot: none',
    ],
  ])('%s', (_, members, line) => {
    wrote(members);
    expect(lines).toEqual([line]);
  });

  test('that the keeper has fetched keys of any issuer', () => {
    wrote({ _aws: {}, KeyFetches: 1 }, 'keeper');
    // The function logs its own line for this.
    wrote({ _aws: {}, KeyFetches: 1 }, 'lambda');
    expect(lines).toEqual(['keys  fetched from the issuer']);
  });

  test('that the authorization server fails or is taken down', () => {
    const request = (method: string, path: string, status: number) =>
      stackConsole.show({ part: 'auth', kind: 'request', request: { method, path, status } });
    request('GET', '/.well-known/openid-configuration', 200);
    request('POST', '/token', 200);
    request('GET', '/jwks', 200);
    expect(lines).toEqual([]);
    request('PUT', '/outage', 204);
    for (let i = 0; i < 3; i++) request('GET', '/jwks', 503);
    request('DELETE', '/outage', 204);
    expect(lines).toEqual([
      'keys  the authorization server returns 503 from now on',
      'keys  the authorization server returned 503 for GET /jwks',
      'keys  the authorization server is back',
    ]);
  });

  test('that a process has died, with its last output', () => {
    stackConsole.show({
      part: 'lambda',
      kind: 'news',
      text: 'process 7 exited with code 1\n  Init Error\u001b[2J',
    });
    expect(lines).toEqual(['function  process 7 exited with code 1', '     Init Error\\u001b[2J']);
  });
});

describe('it does not show', () => {
  const happen = () => {
    stackConsole.show({ part: 'lambda', kind: 'output', text: '{"_aws":{}}' });
    stackConsole.show({ part: 'api', kind: 'output', text: 'Invoke Error\t{"errorMessage":"Unauthorized"}' });
    stackConsole.show({ part: 'lambda', kind: 'note', text: 'process 7 started in 90 ms' });
    served('1', {}, 'upstream');
  };

  test('metrics, output that is not a log line, and what other parts do', () => {
    happen();
    expect(lines).toEqual([]);
  });

  test('anything less if it is verbose; raw lines stay JSON', () => {
    start(true);
    happen();
    stackConsole.show({ part: 'lambda', kind: 'output', text: '{"path":"\u202e\u009b"}' });
    expect(lines).toEqual([
      'lambda   │ {"_aws":{}}',
      'api      │ Invoke Error\\u0009{"errorMessage":"Unauthorized"}',
      'lambda   │ process 7 started in 90 ms',
      'upstream │ GET /api/x 200 2 ms',
      'lambda   │ {"path":"\\u202e\\u009b"}',
    ]);
  });
});
