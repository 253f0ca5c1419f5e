import { type LoopbackServer, PortUnavailableError, startLoopbackServer } from './loopback-server.ts';

/** How far a part's port is from the load balancer's. */
const OFFSETS = {
  loadBalancer: 0,
  authorizationServer: 1,
  ssm: 2,
  upstream: 3,
  api: 4,
  signingService: 5,
  playground: 6,
  s3: 7,
  lambda: 8,
  /** Serves nothing: a stack holds it while it has the others, so that two that start at once do not share a block. */
  claim: 9,
} as const;

export type PortOwner = keyof typeof OFFSETS;

/** The highest of them. */
export const PORT_SPAN = Math.max(...Object.values(OFFSETS));

/** Where the first stack has its load balancer, unless its port is given. The next ones follow in blocks. */
export const FIRST_PORT = 8080;
const BLOCK = PORT_SPAN + 1;
const BLOCKS = 20;

/** The port of a part, by that of the load balancer; 0 leaves all of them to the system. */
export function portOf(part: PortOwner, loadBalancer: number): number {
  return loadBalancer === 0 ? 0 : loadBalancer + OFFSETS[part];
}

/** What a part is called in an error about its port. */
const NAMES = {
  loadBalancer: 'load balancer',
  authorizationServer: 'authorization server',
  ssm: 'SSM endpoint',
  upstream: 'upstream',
  api: 'API',
  signingService: 'signing service',
  playground: 'playground',
  s3: 'S3 endpoint',
  lambda: 'Lambda endpoint',
  claim: 'claim on the others',
} as const satisfies Record<PortOwner, string>;

/** Ports of a stack that nobody else takes until it is closed. */
export interface PortBlock {
  /** That of the load balancer. */
  readonly first: number;
  close(): Promise<void>;
}

/**
 * Finds ports for the parts: those at the given one, or the first block in which all are free.
 *
 * @param from where the first block is
 * @throws PortUnavailableError where one at the given port is taken, or one in each of the blocks
 */
export async function claimPorts(
  given: number | undefined,
  parts: readonly PortOwner[],
  from = FIRST_PORT,
): Promise<PortBlock> {
  if (given === 0) return { first: 0, close: async () => {} };
  if (given !== undefined) {
    // Nothing is ever served there, so the stack can do without it.
    const claim = await hold('claim', given).catch(() => undefined);
    return claimed(given, parts, claim);
  }
  for (let block = 0; ; block++) {
    const first = from + block * BLOCK;
    try {
      return await claimed(first, parts, await hold('claim', first));
    } catch (error) {
      if (!(error instanceof PortUnavailableError) || block + 1 === BLOCKS) throw error;
    }
  }
}

async function claimed(
  first: number,
  parts: readonly PortOwner[],
  claim: LoopbackServer | undefined,
): Promise<PortBlock> {
  const close = async () => claim?.close();
  try {
    for (const part of parts) {
      const probe = await hold(part, first);
      await probe.close();
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { first, close };
}

const hold = (part: PortOwner, first: number): Promise<LoopbackServer> =>
  startLoopbackServer({ name: NAMES[part], port: portOf(part, first) }, () => (_, response) => {
    response.writeHead(404).end();
  });
