import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { EndpointTrust, KeySetLocation } from '../../../lambda/core/provider.ts';
import { createFetchDocument } from '../../../lambda/io/fetch-document.ts';
import { fetchKeySet } from '../../../lambda/io/fetch-key-set.ts';
import { createKeySources } from '../../../lambda/io/key-sources.ts';
import { probeProviders } from '../../../tools/check-config/probe.ts';
import { certificatePem } from '../../support/certificate.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { providerOf } from '../../support/provider.ts';
import { kidOf, pemOf } from '../../support/signed-headers.ts';

const HOST = 'keys.internal';
const AUTHORITY = { key: createKey('RS256'), name: 'Private Authority' };
const CA = certificatePem(AUTHORITY.key, { name: AUTHORITY.name, authority: true });
const OTHER_CA = certificatePem(createKey('RS256'), { name: AUTHORITY.name, authority: true });
const ANOTHER_CA = certificatePem(createKey('RS256'), { name: 'Another Authority', authority: true });
const SERVER_KEY = createKey('RS256');
const KEY = createKey('ES256', 'internal');
const KEY_SET = JSON.stringify(jwksOf(KEY));

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const respond: RequestListener = (_request, response) => void response.end(KEY_SET);
const http = (listener = respond) => listen(createHttpServer(listener));
const https = (listener = respond, certified = HOST) =>
  listen(
    createHttpsServer(
      {
        key: SERVER_KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }),
        cert: certificatePem(SERVER_KEY, { name: certified, issuer: AUTHORITY }),
      },
      listener,
    ),
  );

/** A resolver that returns the next of these lists each time, and the last one from then on. */
function resolving(...lists: readonly (readonly string[])[]): LookupFunction {
  let lookups = 0;
  return (_hostname, options, callback) => {
    const addresses = lists[Math.min(lookups++, lists.length - 1)] ?? [];
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) callback(null, all);
    else callback(null, addresses[0] ?? '', 4);
  };
}
const LOOPBACK = resolving(['127.0.0.1']);

const at = (url: string, trust?: EndpointTrust): KeySetLocation => ({
  kind: 'url',
  url: new URL(url),
  ...(trust && { trust }),
});
const discovered = (issuer: string, trust: EndpointTrust): KeySetLocation => ({
  kind: 'discover',
  issuer,
  trust,
});
const fetchFrom = async (location: KeySetLocation, resolve = LOOPBACK) =>
  (await fetchKeySet(location, createFetchDocument(resolve))).text;

describe('https with an authority of the policy', () => {
  test('is trusted by that authority', async () => {
    expect(await fetchFrom(at(`https://${HOST}:${await https()}/jwks`, { ca: CA }))).toBe(KEY_SET);
  });
  test('may have several certificates if one of them vouches', async () => {
    expect(await fetchFrom(at(`https://${HOST}:${await https()}/jwks`, { ca: ANOTHER_CA + CA }))).toBe(
      KEY_SET,
    );
  });
  test.each([
    ['by another authority of the same name', { ca: OTHER_CA }, HOST],
    ['where the policy names none', undefined, HOST],
    ['for another name', { ca: CA }, 'other.internal'],
    ['with insecureHttp in place of the authority', { insecureHttp: true }, HOST],
  ])('is rejected %s', async (_, trust, certified) => {
    const url = `https://${HOST}:${await https(respond, certified)}/jwks`;
    await expect(fetchFrom(at(url, trust))).rejects.toThrow(/certificate|altname|signature/i);
  });
  test('cannot be an intermediate authority alone: the chain must end in a certificate of the policy', async () => {
    const between = { key: createKey('RS256'), name: 'Intermediate Authority' };
    const intermediate = certificatePem(between.key, {
      name: between.name,
      issuer: AUTHORITY,
      authority: true,
    });
    const port = await listen(
      createHttpsServer(
        {
          key: SERVER_KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }),
          cert: certificatePem(SERVER_KEY, { name: HOST, issuer: between }) + intermediate,
        },
        respond,
      ),
    );
    const url = `https://${HOST}:${port}/jwks`;
    expect(await fetchFrom(at(url, { ca: CA }))).toBe(KEY_SET);
    await expect(fetchFrom(at(url, { ca: intermediate }))).rejects.toThrow(/certificate/);
  });
  test('does not vouch for a later fetch without it', async () => {
    const url = `https://${HOST}:${await https()}/jwks`;
    expect(await fetchFrom(at(url, { ca: CA }))).toBe(KEY_SET);
    await expect(fetchFrom(at(url))).rejects.toThrow(/certificate/);
  });
  test('applies to the discovery document and the key set alike', async () => {
    const seen: (string | undefined)[] = [];
    let port = 0;
    port = await https((request, response) => {
      seen.push(request.url);
      const issuer = `https://${HOST}:${port}`;
      const isKeySet = request.url === '/jwks';
      response.end(isKeySet ? KEY_SET : JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` }));
    });
    // The name leads to loopback here, where nothing discovered may lead.
    const issuer = `https://${HOST}:${port}`;
    await expect(fetchFrom(discovered(issuer, { ca: CA }))).rejects.toThrow('loopback');
    expect(seen).toEqual([]);
    const local = `https://localhost:${await https(
      (request, response) =>
        void response.end(
          request.url === '/jwks'
            ? KEY_SET
            : JSON.stringify({
                issuer: `https://${request.headers.host}`,
                jwks_uri: `https://${request.headers.host}/jwks`,
              }),
        ),
      'localhost',
    )}`;
    expect(await fetchFrom(discovered(local, { ca: CA }))).toBe(KEY_SET);
    await expect(fetchFrom(discovered(local, { ca: OTHER_CA }))).rejects.toThrow(/certificate|signature/);
  });
});

describe('plain http with insecureHttp', () => {
  const insecure = { insecureHttp: true };

  test('reaches a name that leads to a private address', async () => {
    expect(await fetchFrom(at(`http://${HOST}:${await http()}/jwks`, insecure))).toBe(KEY_SET);
  });
  test.each([
    [['8.8.8.8']],
    [['127.0.0.1', '8.8.8.8']],
    [['10.0.0.1', '2606:4700::1111']],
    [['::ffff:8.8.8.8']],
    [['64:ff9b::10.0.0.1']],
    [['0.0.0.0']],
  ])('reaches no name that leads to %j', async (addresses) => {
    const url = `http://${HOST}:${await http()}/jwks`;
    await expect(fetchFrom(at(url, insecure), resolving(addresses))).rejects.toThrow(
      'the host resolves to an address that is not private, so http is not allowed',
    );
  });
  test.each([
    '169.254.169.254',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    'fd12::5efe:a9fe:a9fe',
  ])('reaches no credentials at %s', async (address) => {
    const url = `http://${HOST}:${await http()}/jwks`;
    await expect(fetchFrom(at(url, insecure), resolving([address]))).rejects.toThrow('link-local');
    await expect(fetchFrom(at(url, insecure), resolving(['127.0.0.1', address]))).rejects.toThrow(
      'link-local',
    );
  });
  test('checks each look-up, and calls the addresses that it checked', async () => {
    let lookups = 0;
    const url = `http://${HOST}:${await http((_request, response) => {
      lookups += 1;
      response.end(KEY_SET);
    })}/jwks`;
    const rebinding = resolving(['127.0.0.1'], ['8.8.8.8'], ['169.254.169.254'], ['127.0.0.1']);
    expect(await fetchFrom(at(url, insecure), rebinding)).toBe(KEY_SET);
    await expect(fetchFrom(at(url, insecure), rebinding)).rejects.toThrow('not private');
    await expect(fetchFrom(at(url, insecure), rebinding)).rejects.toThrow('link-local');
    expect(await fetchFrom(at(url, insecure), rebinding)).toBe(KEY_SET);
    expect(lookups).toBe(2);
  });
  test('follows no redirect', async () => {
    let lookups = 0;
    const port = await http((_request, response) => {
      lookups += 1;
      response.writeHead(302, { location: 'http://127.0.0.1/' }).end();
    });
    await expect(fetchFrom(at(`http://${HOST}:${port}/jwks`, insecure))).rejects.toThrow('status 302');
    expect(lookups).toBe(1);
  });
  test.each([
    ['http://8.8.8.8/jwks', 'insecureHttp" is for private addresses only'],
    ['http://[::ffff:10.0.0.1]/jwks', 'insecureHttp" is for private addresses only'],
    ['http://169.254.169.254/jwks', 'link-local'],
    ['http://[fd00:ec2::254]/jwks', 'link-local'],
    ['http://127.0.0.1:9001/jwks', 'loopback'],
    ['http://localhost:9001/jwks', 'loopback'],
  ])('lets no discovery document name %s', async (jwksUri, reason) => {
    const fetchDocument = async ({ pathname }: URL) => {
      if (pathname === '/jwks') throw new Error('it was fetched');
      return {
        text: JSON.stringify({ issuer: 'http://issuer.internal', jwks_uri: jwksUri }),
        cacheControl: undefined,
      };
    };
    await expect(fetchKeySet(discovered('http://issuer.internal', insecure), fetchDocument)).rejects.toThrow(
      reason,
    );
  });
  test('lets a discovery document name a private address, and only with it', async () => {
    const fetchDocument = async ({ pathname, hostname }: URL) => ({
      text:
        pathname === '/jwks'
          ? `keys of ${hostname}`
          : JSON.stringify({ issuer: 'https://issuer.internal', jwks_uri: 'http://10.0.0.5/jwks' }),
      cacheControl: undefined,
    });
    const location = discovered('https://issuer.internal', insecure);
    expect((await fetchKeySet(location, fetchDocument)).text).toBe('keys of 10.0.0.5');
    await expect(fetchKeySet({ ...location, trust: { ca: CA } }, fetchDocument)).rejects.toThrow(
      '"jwks_uri" must be https',
    );
  });
});

const now = () => 1_790_000_000_000;
const events = { keysFetched: () => {}, keysLoaded: () => {}, keysFailed: () => {} };

test('keys of a signed header are fetched one by one, trusting the same authority', async () => {
  const key = createKey('ES384', kidOf(1));
  const port = await https((_request, response) => void response.end(pemOf(key.publicKey)));
  const sources = createKeySources({ fetchDocument: createFetchDocument(LOOPBACK), now, events });
  const provider = (trust: EndpointTrust) => ({
    ...providerOf({ algorithms: ['ES384'] }),
    type: 'verified-access' as const,
    signer: 'arn',
    clientId: undefined,
    keysUrl: new URL(`https://${HOST}:${port}/`),
    trust,
  });
  const kindBy = async (trust: EndpointTrust) =>
    (await sources.resolve(provider(trust), { alg: 'ES384', kid: key.kid })).kind;
  expect(await kindBy({ ca: CA })).toBe('keys');
  expect(await kindBy({ ca: OTHER_CA })).toBe('unavailable');
  expect(await kindBy({ ca: CA })).toBe('keys');
});

test('a probe trusts the same authority', async () => {
  const [secure, plain] = [await https(), await http()];
  const providers = [
    providerOf({ name: 'a', keys: at(`https://${HOST}:${secure}/jwks`, { ca: CA }) }),
    providerOf({ name: 'b', keys: at(`https://${HOST}:${secure}/jwks`) }),
    providerOf({ name: 'c', keys: at(`http://${HOST}:${plain}/jwks`, { insecureHttp: true }) }),
  ];
  const probes = await probeProviders(providers, createFetchDocument(LOOPBACK), now);
  expect(probes.map(({ seen }) => seen.kind)).toEqual(['set', 'failed', 'set']);
});

describe('a source of keys', () => {
  const provider = (trust?: EndpointTrust) =>
    providerOf({ keys: at(`https://${HOST}/jwks`, trust), issuers: ['https://issuer.internal'] });
  /** An endpoint that responds only to those who trust it through the authority, and counts them. */
  function scene() {
    const requested: (string | undefined)[] = [];
    const sources = createKeySources({
      fetchDocument: async (_url, options) => {
        requested.push(options?.ca);
        if (options?.ca !== CA) throw new Error('self-signed certificate in certificate chain');
        return { text: KEY_SET, cacheControl: undefined };
      },
      now,
      events,
    });
    const kindOf = async (trust?: EndpointTrust) =>
      (await sources.resolve(provider(trust), { alg: 'ES256', kid: KEY.kid })).kind;
    return { requested, sources, kindOf };
  }

  test('is replaced if the trust in the same issuer and URL changes, in either direction', async () => {
    const { requested, sources, kindOf } = scene();
    await sources.prefetch([provider({ ca: CA })]);
    expect(await kindOf({ ca: CA })).toBe('keys');
    await sources.prefetch([provider({ ca: OTHER_CA })]);
    expect(await kindOf({ ca: OTHER_CA })).toBe('unavailable');
    await sources.prefetch([provider()]);
    expect(await kindOf()).toBe('unavailable');
    expect(requested).toEqual([CA, OTHER_CA, undefined]);
    await sources.prefetch([provider({ ca: CA, insecureHttp: true })]);
    expect(await kindOf({ ca: CA, insecureHttp: true })).toBe('keys');
    expect(requested).toHaveLength(4);
  });
  test('stays if only white space between certificates changes', async () => {
    const { requested, sources, kindOf } = scene();
    await sources.prefetch([provider({ ca: CA })]);
    expect(await kindOf({ ca: `${CA}\n` })).toBe('keys');
    expect(await kindOf({ ca: CA, insecureHttp: false })).toBe('keys');
    expect(requested).toEqual([CA]);
  });
  test('of a previous configuration shares no keys with the current one', async () => {
    const { kindOf } = scene();
    expect(await Promise.all([kindOf({ ca: CA }), kindOf(), kindOf({ ca: CA }), kindOf()])).toEqual([
      'keys',
      'unavailable',
      'keys',
      'unavailable',
    ]);
  });
});
