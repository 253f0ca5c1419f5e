import { execFileSync } from 'node:child_process';
import { lookup } from 'node:dns';
import { lookup as lookupAll } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import { fetchDocument } from '../../lambda/io/fetch-document.ts';
import { type ClientResponse, exchange } from '../../lambda/io/http-client.ts';
import { findNode24 } from '../../local/lambda/node24.ts';
import type { Call } from '../deployment/front-doors.ts';
import type { Place } from '../deployment/place.ts';
import { createAwsReads } from './aws-reads.ts';
import type { Machine, World } from './world.ts';

const ROOT = new URL('../../', import.meta.url);

/** Time limits for a connection and for the whole response, in ms. A cold start takes less. */
const CONNECTION_MS = 5_000;
const RESPONSE_MS = 15_000;

/** Longest response that is read, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** This machine, the network and AWS, until the signal aborts. */
export function realWorld(
  place: Place,
  { url, accepted, signal }: Pick<World, 'url' | 'accepted'> & { readonly signal: AbortSignal },
): World {
  return {
    place,
    url,
    accepted,
    environment: process.env,
    now: Date.now,
    machine: MACHINE,
    aws: createAwsReads(place, Date.now, signal),
    fetchDocument,
    addressesOf: async (host) => (await lookupAll(host, { all: true })).map(({ address }) => address),
    call,
  };
}

const MACHINE: Machine = {
  nodeVersion: process.versions.node,
  functionNode: () => {
    const path = findNode24();
    if (path === process.execPath) return process.versions.node;
    return execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().replace(/^v/, '');
  },
  readFile: (path) => readFile(new URL(path, ROOT), 'utf8').catch(() => undefined),
};

const through =
  (host: string): LookupFunction =>
  (_, options, callback) =>
    lookup(host, options, callback);

function call({ url, through: host }: Call): Promise<ClientResponse> {
  return exchange(url, {
    method: 'GET',
    target: url.pathname + url.search,
    headers: [
      ['host', url.host],
      ['accept', 'application/json, */*'],
      ['user-agent', 'alb-jwt-authorizer-doctor'],
    ],
    newSocket: true,
    timeoutMs: RESPONSE_MS,
    connectTimeoutMs: CONNECTION_MS,
    maxBytes: MAX_BYTES,
    ...(host !== undefined && { lookup: through(host) }),
  });
}
