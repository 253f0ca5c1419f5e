import { describe, expect, test } from '@jest/globals';
import {
  type Condition,
  compileRules,
  type RoutedRequest,
  redirectLocation,
} from '../../../local/load-balancer/listener-rules.ts';

const request = (changes: Partial<RoutedRequest> = {}): RoutedRequest => ({
  method: 'GET',
  path: '/',
  query: '',
  headers: [['Host', 'localhost:8080']],
  sourceIp: '127.0.0.1',
  ...changes,
});
const matched = { type: 'fixed-response', statusCode: 200 } as const;
const other = { type: 'fixed-response', statusCode: 404 } as const;
const holds = (condition: Condition, changes: Partial<RoutedRequest>) =>
  compileRules([{ priority: 1, conditions: [condition], action: matched }], other)(request(changes)) ===
  matched;

describe('path patterns', () => {
  test.each([
    ['/api/*', '/api/x', true],
    ['/api/*', '/api/', true],
    ['/api/*', '/api', false],
    ['/api/*', '/API/x', false],
    ['/api/*', '/api/x/y', true],
    ['/api/?', '/api/x', true],
    ['/api/?', '/api/', false],
    ['/api/?', '/api/xy', false],
    ['/a.c', '/abc', false],
    ['/a+(b)', '/a+(b)', true],
    ['/api/*', '/api/%2e%2e/x', true],
    ['/api/*', '//api/x', false],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(holds({ field: 'path-pattern', values: [pattern] }, { path })).toBe(expected);
  });

  test('a backslash takes a wildcard literally', () => {
    expect(holds({ field: 'path-pattern', values: ['/a\\*'] }, { path: '/a*' })).toBe(true);
    expect(holds({ field: 'path-pattern', values: ['/a\\*'] }, { path: '/ab' })).toBe(false);
  });
});

describe('other conditions', () => {
  test('a host matches in any case and without its port', () => {
    const condition: Condition = { field: 'host-header', values: ['*.example.com'] };
    expect(holds(condition, { headers: [['host', 'API.Example.com:8080']] })).toBe(true);
    expect(holds(condition, { headers: [['host', 'example.org']] })).toBe(false);
  });

  test('a header matches by name in any case, on any of its values', () => {
    const condition: Condition = { field: 'http-header', name: 'X-Kind', values: ['b*'] };
    expect(holds(condition, { headers: [['x-kind', 'a'], ['X-KIND', 'Blue']] })).toBe(true); // biome-ignore format: one line
    expect(holds(condition, { headers: [['x-other', 'b']] })).toBe(false);
  });

  test('a method matches exactly', () => {
    expect(holds({ field: 'http-request-method', values: ['POST'] }, { method: 'POST' })).toBe(true);
    expect(holds({ field: 'http-request-method', values: ['POST'] }, { method: 'post' })).toBe(false);
  });

  test('a query pair matches by key and value, or by value alone if the condition has no key', () => {
    const pair: Condition = { field: 'query-string', values: [{ key: 'v', value: '1*' }] };
    expect(holds(pair, { query: 'a=b&V=12' })).toBe(true);
    expect(holds(pair, { query: 'w=12' })).toBe(false);
    expect(holds({ field: 'query-string', values: [{ value: 'beta' }] }, { query: 'x=beta' })).toBe(true);
  });

  test('a source address matches IPv4 and IPv6 ranges', () => {
    const condition: Condition = { field: 'source-ip', values: ['127.0.0.0/8', '::1/128'] };
    expect(holds(condition, { sourceIp: '127.1.2.3' })).toBe(true);
    expect(holds(condition, { sourceIp: '::1' })).toBe(true);
    expect(holds(condition, { sourceIp: '10.0.0.1' })).toBe(false);
  });
});

test('the matching rule with the lowest priority decides, and needs all its conditions', () => {
  const action = (statusCode: number) => ({ type: 'fixed-response', statusCode }) as const;
  const path: Condition = { field: 'path-pattern', values: ['/*'] };
  const post: Condition = { field: 'http-request-method', values: ['POST'] };
  const route = compileRules(
    [
      { priority: 20, conditions: [path], action: action(220) },
      { priority: 5, conditions: [path, post], action: action(205) },
    ],
    other,
  );
  expect(route(request({ method: 'POST' }))).toEqual(action(205));
  expect(route(request({ method: 'GET' }))).toEqual(action(220));
  expect(route(request({ path: '*' }))).toBe(other);
});

test('a redirect keeps the parts of the request that its placeholders name', () => {
  const redirect = {
    type: 'redirect',
    statusCode: 301,
    protocol: 'HTTPS',
    host: '#{host}',
    port: '443',
    path: '/v2/#{path}',
    query: '#{query}',
  } as const;
  const sent = { ...request({ path: '/a/b', query: 'c=%20' }), port: 80 };
  expect(redirectLocation(redirect, sent)).toBe('https://localhost:443/v2/a/b?c=%20');
});
