import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { promisify } from 'node:util';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { createKey } from '../support/keys.ts';
import { startWholeStack } from '../support/local-stack.ts';
import { claimsOf, mint, withSegment } from '../support/tokens.ts';
import { type Exchange, type Fault, type FaultSpan, type Kind, kindAt, type Sample } from './accounting.ts';

export interface LoadOptions {
  readonly seconds: number;
  /** How many requests are under way at any time; each has its own environment of the function. */
  readonly connections: number;
  readonly assembly?: string;
  readonly say: (text: string) => void;
}

export interface LoadResult {
  readonly exchanges: readonly Exchange[];
  readonly faults: readonly FaultSpan[];
  readonly samples: readonly Sample[];
}

/** When each fault begins and ends, as shares of the run. The function's comes first, so that its memory can be watched after it. */
const SCHEDULE: readonly { fault: Fault; from: number; until: number }[] = [
  { fault: 'function', from: 0.12, until: 0.12 },
  { fault: 'upstream', from: 0.2, until: 0.28 },
  { fault: 'keys', from: 0.34, until: 0.42 },
  { fault: 'keeper', from: 0.5, until: 0.68 },
  { fault: 's3', from: 0.74, until: 0.82 },
  { fault: 'ssm', from: 0.88, until: 0.95 },
];

/** Short enough that verifiers must do without the keeper during its outage, even in a run of a minute. */
const MAX_SNAPSHOT_SECONDS = 7;

/** After a failed fetch, keys stay unavailable for the cooldown, and the next fetch takes a moment. */
const KEYS_AFTERMATH_MS = 11_000;

const SLOW_MS = 200;
const SAMPLE_MS = 500;

/** Drives the local stack with all kinds of requests while its parts fail in turn. */
export async function runLoad({ seconds, connections, assembly, say }: LoadOptions): Promise<LoadResult> {
  const stack = await startWholeStack({
    port: 0,
    assembly,
    functions: { maxEnvironments: connections, queueSeconds: 30 },
    environment: { MAX_SNAPSHOT_SECONDS: String(MAX_SNAPSHOT_SECONDS) },
  });
  const upstream = await startNumberingUpstream();
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const exchanges: Exchange[] = [];
  const faults: FaultSpan[] = [];
  const samples: Sample[] = [];
  try {
    stack.ssm.execute('PutParameter', {
      Name: stack.parameterName('upstream'),
      Value: upstream.origin,
      Overwrite: true,
    });
    const requests = await createRequests(stack.urls.authorizationServer);
    const { port } = stack.loadBalancer;
    let count = 0;
    const one = async (kind: Kind, now: () => number): Promise<Exchange> => {
      const number = String(++count);
      const startedAt = now();
      const response = await send(agent, port, requests(kind, number)).catch(() => undefined);
      // The upstream responds with the number of the request, so that a mix-up shows.
      const own = response !== undefined && (response.status !== 200 || response.body === number);
      const code = response && codeOf(response);
      return {
        kind,
        startedAt,
        endedAt: now(),
        response: response && { status: response.status, code },
        own,
      };
    };
    // Starts every environment, with configuration and keys, before measuring or breaking anything.
    await Promise.all(Array.from({ length: connections }, () => one('good, slow upstream', () => 0)));

    const begun = performance.now();
    const now = () => performance.now() - begun;
    const length = seconds * 1000;
    const at = (time: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, time - now())));
    const working = Array.from({ length: connections }, async () => {
      while (now() < length) exchanges.push(await one(kindAt(Math.random()), now));
    });
    const watching = (async () => {
      for (let time = 0; time < length; time += SAMPLE_MS) {
        await at(time);
        for (const pid of stack.functions.pids()) {
          const megabytes = await residentMegabytes(pid);
          if (megabytes !== undefined) samples.push({ at: now(), pid, megabytes });
        }
      }
    })();
    const breaking = (async () => {
      const { keeper, s3 } = stack;
      if (keeper === undefined || s3 === undefined) throw new Error('the stack has no keeper');
      const parts = {
        upstream,
        keys: stack.authorizationServer,
        s3,
        ssm: stack.ssm,
        keeper: {
          close: async () => {
            void keeper.pause();
            await keeper.functions.kill();
          },
          restart: async () => keeper.resume(),
        },
      };
      for (const { fault, from, until } of SCHEDULE) {
        await at(from * length);
        const span = { fault, from: now(), until: Number.POSITIVE_INFINITY };
        const index = faults.push(span) - 1;
        say(`${(now() / 1000).toFixed(1)} s: ${fault} down`);
        if (fault === 'function') await stack.functions.kill();
        else {
          await parts[fault].close();
          await at(until * length);
          await parts[fault].restart();
          say(`${(now() / 1000).toFixed(1)} s: ${fault} back`);
        }
        faults[index] = { ...span, until: now() + (fault === 'keys' ? KEYS_AFTERMATH_MS : 0) };
      }
    })();
    await Promise.all([...working, watching, breaking]);
    return { exchanges, faults, samples };
  } finally {
    agent.destroy();
    await stack.close();
    await upstream.close();
  }
}

/** Responds to each request with its number, slowly if the path says so. */
function startNumberingUpstream() {
  return startLoopbackServer({ name: 'upstream of the load', port: 0 }, () => (incoming, response) => {
    incoming.resume();
    incoming.on('end', () => {
      const respond = () =>
        response
          .writeHead(200, { 'Content-Type': 'text/plain' })
          .end(String(incoming.headers['x-request-number']));
      if (incoming.url?.startsWith('/api/slow')) setTimeout(respond, SLOW_MS);
      else respond();
    });
  });
}

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** The requests of each kind. */
async function createRequests(issuer: string) {
  const good = await fetchToken(issuer);
  const seconds = Math.floor(Date.now() / 1000);
  const claims = claimsOf({ iss: issuer, iat: seconds, exp: seconds + 3600 });
  const unknown = mint(createKey('ES256', 'nobody-knows'), claims);
  const bad = withSegment(good, 2, (signature) =>
    signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
  );
  const small = Buffer.alloc(10_000, 'x');
  const large = Buffer.alloc(1024 * 1024 + 1, 'x');

  const get = (number: string, token?: string, path = '/api/x'): Outgoing => ({
    method: 'GET',
    path,
    headers: {
      'x-request-number': number,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  });
  const post = (number: string, body: Buffer): Outgoing => {
    const { headers, ...rest } = get(number, good);
    return { ...rest, method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body };
  };
  const requests: Readonly<Record<Kind, (number: string) => Outgoing>> = {
    good: (number) => get(number, good),
    'good, with a body': (number) => post(number, small),
    'good, slow upstream': (number) => get(number, good, '/api/slow'),
    'no token': (number) => get(number),
    'bad signature': (number) => get(number, bad),
    'unknown key': (number) => get(number, unknown),
    'no token at all, just text': (number) => get(number, 'just-text'),
    'path that can be read in two ways': (number) => get(number, good, '/api/a/../b'),
    'body over 1 MB': (number) => post(number, large),
    'no rule for it': (number) => get(number, good, '/elsewhere'),
  };
  return (kind: Kind, number: string) => requests[kind](number);
}

async function fetchToken(issuer: string): Promise<string> {
  const { DEMO } = await import('../../local/identity/authorization-server.ts');
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: DEMO.scope }),
    headers: {
      authorization: `Basic ${Buffer.from(`${DEMO.clientId}:${DEMO.clientSecret}`).toString('base64')}`,
    },
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

interface ReceivedResponse {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

function send(
  agent: Agent,
  port: number,
  { method, path, headers, body }: Outgoing,
): Promise<ReceivedResponse> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const options = { host: '127.0.0.1', port, agent, method, path, headers: { ...headers, ...length } };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('close', () => (response.complete ? undefined : reject(new Error('not a whole answer'))));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'],
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The code of our own responses; the load balancer's responses have none. */
function codeOf({ type, body }: ReceivedResponse): string | undefined {
  if (type !== 'application/problem+json') return undefined;
  return (JSON.parse(body) as { code?: string }).code;
}

const run = promisify(execFile);

/** The memory of a process; undefined if it has ended. */
async function residentMegabytes(pid: number): Promise<number | undefined> {
  try {
    const kilobytes =
      process.platform === 'linux'
        ? /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
        : (await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout.trim();
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
