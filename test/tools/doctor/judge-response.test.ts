import { describe, expect, test } from '@jest/globals';
import { CODES, type Code } from '../../../lambda/core/codes.ts';
import { ClientError, type ClientResponse } from '../../../lambda/io/http-client.ts';
import type { Entry } from '../../../tools/deployment/front-doors.ts';
import { judgeResponse } from '../../../tools/doctor/judge-response.ts';
import { judgeSilence } from '../../../tools/doctor/judge-silence.ts';
import { ours, REQUEST_ID, responseOf, textOf } from './doctor-world.ts';

const HTTPS = new URL('https://api.example.com/api/');
const said = (response: ClientResponse, kind: Entry['kind'] = 'load-balancer', url = HTTPS): string =>
  textOf(judgeResponse({ kind, url }, response));

const ELB = { server: 'awselb/2.0', 'content-type': 'text/html' };
const CLOUDFRONT = { server: 'CloudFront' };

describe('a response from the function', () => {
  test.each<[Code, RegExp]>([
    ['token_missing', /^ok 401 token_missing/],
    ['signed_header_missing', /^ok 403 signed_header_missing/],
    ['route_missing', /^ok 403 route_missing/],
    [
      'config_unavailable',
      /^problem 503 config_unavailable.*runbook\.md#callers-get-503-config_unavailable$/,
    ],
    ['keys_unavailable', /^problem 503 .*runbook\.md#callers-get-503-keys_unavailable$/],
    ['internal_error', /^problem 500 .*runbook\.md#callers-get-500-internal_error$/],
    ['upstream_timeout', /^problem 504 upstream_timeout: the path is open to everybody/],
    ['path_invalid', /^warning 400 path_invalid.*docs\/codes\.md#path_invalid$/],
  ])('%s', (code, text) => expect(said(ours(CODES[code].status, code))).toMatch(text));

  test('is recognized by any code', () => {
    for (const [code, { status }] of Object.entries(CODES)) {
      expect([code, said(ours(status, code))]).toEqual([
        code,
        expect.stringMatching(`^\\w+ ${status} ${code}`),
      ]);
    }
  });

  test('that lets the request through causes a warning: the path is open', () => {
    const open = { 'x-request-id': REQUEST_ID };
    expect(said(responseOf(200, open))).toMatch(
      /^warning 200 without a token: this path is open to everybody/,
    );
    expect(said(responseOf(404, open))).toMatch(/^warning 404 from the upstream: this path is open/);
  });
});

describe('a response from something else', () => {
  test.each<[string, ClientResponse, RegExp]>([
    ['native verification', responseOf(401, ELB), /^ok 401 of the load balancer's own verification/],
    ['a proxy', responseOf(503, { server: 'squid' }), /^problem 503 from squid, which is neither/],
    ['another service', responseOf(401, { server: 'nginx' }), /^warning 401 without a code, from neither/],
    ['a web ACL', responseOf(403, ELB), /^problem 403 without a code.*web-acl\.md$/],
    ["CloudFront's", responseOf(403, CLOUDFRONT), /^problem 403 from CloudFront/],
    [
      'no rule',
      responseOf(404, ELB),
      /^problem 404 without a code: no listener rule .*options paths and hosts/,
    ],
    ['a key set that is not valid', responseOf(562, ELB), /^problem 562 without a code.*error_reason/],
    ['a crash', responseOf(502, ELB), /^problem 502 without a code.*#callers-get-502-or-504$/],
    ['an empty target group', responseOf(503, ELB), /^problem 503 without a code: the target group/],
    [
      'a group that keeps CloudFront out',
      responseOf(504, CLOUDFRONT),
      /^problem 504 from CloudFront, .*admit/,
    ],
    ['Lambda that is not reached', responseOf(504, ELB), /^problem 504 without a code: Lambda/],
    ['a page', responseOf(200, { server: 'nginx' }), /^problem 200 without a request id of the function/],
    ['another service with request ids', responseOf(200, { 'x-request-id': '4a2f43a5-8c1e-4b1c-9d1e-0f8f3f1c2d3e' }), /^problem 200 without a request id of the function/], // biome-ignore format: one line
    ['another version of the function', ours(401, 'token_new'), /^warning 401 with the code token_new, which this version does not know > If another version/], // biome-ignore format: one line
    ['a problem of somebody else', responseOf(400, { 'content-type': 'application/problem+json' }, '{"code":"nope"}'), /^warning 400 without a code/], // biome-ignore format: one line
    [
      'no JSON',
      responseOf(502, { 'content-type': 'application/problem+json' }, '<'),
      /^problem 502 without a code/,
    ],
    ['a teapot', responseOf(418), /^warning 418 without a code/],
  ])('%s', (_, response, text) => expect(said(response)).toMatch(text));

  test('a redirect is reported with its target host only', () => {
    const login = responseOf(302, { location: 'https://login.example.com/authorize?state=secret' });
    expect(said(login)).toMatch(/^warning 302 to login\.example\.com, which is not a response/);
    expect(said(login)).not.toContain('secret');
    expect(said(login, 'verified-access')).toBe('ok 302 to the login at login.example.com');
    const secure = responseOf(301, { location: HTTPS.href });
    expect(said(secure, 'load-balancer', new URL('http://api.example.com/api/'))).toMatch(
      /^warning 301 to https: .*in clear text/,
    );
    expect(said(responseOf(302))).toMatch(/^warning 302 to nowhere/);
    expect(said(responseOf(302, { location: '/login' }))).toMatch(/^warning 302 to another path/);
  });

  test('recognizes a rejection by API Gateway', () => {
    expect(said(responseOf(401, {}, '{"message":"Unauthorized"}'), 'api-gateway')).toMatch(
      /^ok 401 from API Gateway/,
    );
  });
});

describe('no response', () => {
  const entry: Entry = { kind: 'load-balancer', url: HTTPS, leadsTo: 'lb.amazonaws.com' };
  test.each<[string, RegExp]>([
    ['getaddrinfo ENOTFOUND api.example.com', /there is no host api\.example\.com.*lb\.amazonaws\.com/],
    ['connect ECONNREFUSED 192.0.2.1:443', /refuses the connection/],
    [
      "Hostname/IP does not match certificate's altnames: Host: api.example.com.",
      /is not for this name.*--url/,
    ],
    ['certificate has expired', /has expired/],
    ['self-signed certificate in certificate chain', /does not trust.*NODE_EXTRA_CA_CERTS/],
    ['unable to verify the first certificate', /does not trust/],
    ['write EPROTO 0:error:0A00010B:SSL routines::wrong version number', /does not speak https at this port/],
    ['read ECONNRESET', /closes the connection without a response/],
    ['closed before a response', /closes the connection without a response/],
    ['no connection within 5000 ms', /cannot be reached from here.*security group/],
    ['no complete response within 15000 ms', /does not finish its response in time/],
    ['the body is over 1 bytes', /sends a longer response than the function sends.* > The path is open/],
    ['closed in the middle of the body', /closes the connection/],
    ['Client network socket disconnected before secure TLS connection was established', /closes the connection/], // biome-ignore format: one line
    ['0:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:x.c:918:SSL alert number 116\n', /asks for a certificate of the client.* > Call it with curl/], // biome-ignore format: one line
    ['write EPROTO 0:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:x.c:918:SSL alert number 40\n', /speaks TLS, and refuses this connection/], // biome-ignore format: one line
    ['responded with a protocol upgrade', /sends no response: responded with a protocol/],
  ])('%s', (message, text) => {
    expect(textOf(judgeSilence(entry, new ClientError('connection', message)))).toMatch(text);
  });
});
