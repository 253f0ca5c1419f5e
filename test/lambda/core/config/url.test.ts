import { describe, expect, test } from '@jest/globals';
import { isLoopback, isPlaceholder, parseEndpoint } from '../../../../lambda/core/config/url.ts';

describe('an endpoint is accepted', () => {
  test.each([
    ['https://issuer.example/jwks', 'https://issuer.example/jwks'],
    ['https://issuer.example:8443/a?b=c', 'https://issuer.example:8443/a?b=c'],
    ['http://localhost:8081/jwks', 'http://localhost:8081/jwks'],
    ['http://issuer.localhost/jwks', 'http://issuer.localhost/jwks'],
    ['http://127.0.0.1/jwks', 'http://127.0.0.1/jwks'],
    ['http://127.1/jwks', 'http://127.0.0.1/jwks'],
    ['http://[::1]:8081/jwks', 'http://[::1]:8081/jwks'],
    ['https://10.0.0.1/jwks', 'https://10.0.0.1/jwks'],
    ['HTTPS://ISSUER.EXAMPLE/JWKS', 'https://issuer.example/JWKS'],
  ])('%s', (text, href) => expect(parseEndpoint(text)).toHaveProperty('href', href));
});

describe('an endpoint is rejected', () => {
  test.each([
    ['', 'is not an absolute URL'],
    ['/jwks', 'is not an absolute URL'],
    ['issuer.example/jwks', 'is not an absolute URL'],
    ['https://', 'is not an absolute URL'],
    ['file:///etc/passwd', 'is not an https URL'],
    ['data:application/json,{}', 'is not an https URL'],
    ['ftp://issuer.example', 'is not an https URL'],
    ['javascript:0', 'is not an https URL'],
    ['http://issuer.example/jwks', 'must be https'],
    ['http://localhost.evil.example/jwks', 'must be https'],
    ['http://notlocalhost/jwks', 'must be https'],
    ['http://127.0.0.1.evil.example/jwks', 'must be https'],
    ['http://10.0.0.1/jwks', 'must be https'],
    ['http://0.0.0.0/jwks', 'must be https'],
    ['http://[::]/jwks', 'must be https'],
    ['https://user@issuer.example', 'must not contain credentials'],
    ['https://:secret@issuer.example', 'must not contain credentials'],
    ['https://issuer.example@evil.example', 'must not contain credentials'],
    ['https://issuer.example/#x', 'must not contain a fragment'],
    ['https://169.254.169.254/latest/meta-data', 'link-local'],
    ['https://169.254.170.2/', 'link-local'],
    ['https://2852039166/', 'link-local'],
    ['https://0xa9fea9fe/', 'link-local'],
    ['https://169.254.43518/', 'link-local'],
    ['https://0251.0376.0251.0376/', 'link-local'],
    ['https://169.254.169.254./', 'link-local'],
    ['https://[fe80::1]/', 'link-local'],
    ['https://[febf::1]/', 'link-local'],
    ['https://[::ffff:169.254.169.254]/', 'link-local'],
    ['https://[fd00:ec2::254]/', 'link-local'],
  ])('%s: %s', (text, reason) => expect(parseEndpoint(text)).toEqual(expect.stringContaining(reason)));

  test('in the link-local range even if http is allowed', () => {
    expect(parseEndpoint('http://169.254.169.254/', { allowHttp: true })).toContain('link-local');
  });
  test.each(['https://[64:ff9b::a9fe:a9fe]/', 'https://[::169.254.169.254]/', 'https://[fd00:ec2::23]/'])(
    'as another form of the link-local range: %s',
    (text) => expect(parseEndpoint(text)).toEqual(expect.stringContaining('link-local')),
  );
});

describe('an endpoint that somebody else names must not lead to this machine', () => {
  test.each([
    'http://localhost:8081/jwks',
    'https://localhost/jwks',
    'https://LOCALHOST./jwks',
    'https://keys.localhost/jwks',
    'http://127.0.0.1:9001/jwks',
    'https://127.1/jwks',
    'https://2130706433/jwks',
    'https://0x7f.0.0.1/jwks',
    'https://0/jwks',
    'https://[::1]/jwks',
    'https://[::]/jwks',
    'https://[::ffff:127.0.0.1]/jwks',
    'https://[64:ff9b::7f00:1]/jwks',
    'https://[2002:7f00:1::]/jwks',
  ])('%s', (text) => {
    expect(parseEndpoint(text, { elsewhere: true })).toBe('must not be a loopback address');
  });
  test('and usually does not', () => {
    expect(parseEndpoint('https://issuer.example/jwks', { elsewhere: true })).toBeInstanceOf(URL);
    expect(parseEndpoint('https://10.0.0.1/jwks', { elsewhere: true })).toBeInstanceOf(URL);
    expect(parseEndpoint('http://issuer.example/jwks', { elsewhere: true })).toContain('must be https');
  });
});

test('http to anywhere is accepted if that is allowed', () => {
  expect(parseEndpoint('http://upstream.internal:8080', { allowHttp: true })).toBeInstanceOf(URL);
  expect(parseEndpoint('file:///x', { allowHttp: true })).toBe('is not an https URL');
});

test.each([
  ['http://localhost', true],
  ['http://localhost.', true],
  ['http://a.localhost', true],
  ['http://127.255.0.1', true],
  ['http://[::1]', true],
  ['http://alocalhost', false],
  ['http://localhost.example', false],
  ['http://128.0.0.1', false],
  ['http://[::2]', false],
])('%s is loopback: %p', (text, expected) => expect(isLoopback(new URL(text))).toBe(expected));

test.each([
  ['invalid', true],
  ['issuer.invalid', true],
  ['invalid.example', false],
  ['notinvalid', false],
])('%s is a placeholder: %p', (host, expected) => expect(isPlaceholder(host)).toBe(expected));
