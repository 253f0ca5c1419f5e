import { type LoopbackServer, PortUnavailableError, startLoopbackServer } from './loopback-server.ts';

/** The distance of each part's port from the load balancer's. */
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
  /** Serves nothing: a stack holds it for as long as the block, so that two stacks that start at once do not share one. */
  claim: 9,
} as const;

export type PortOwner = keyof typeof OFFSETS;

/** The largest distance. */
export const PORT_SPAN = Math.max(...Object.values(OFFSETS));

/** The load balancer's port in the first stack, unless one is given. Further stacks take the blocks after it. */
export const FIRST_PORT = 8080;
const BLOCK = PORT_SPAN + 1;
const BLOCKS = 20;

/** The port of a part, given the load balancer's; 0 lets the system choose. */
export function portOf(part: PortOwner, loadBalancer: number): number {
  return loadBalancer === 0 ? 0 : loadBalancer + OFFSETS[part];
}

/** The value of `--port` with which commands find a part at this port; undefined if they find it without. */
export function neededPort(part: PortOwner, port: number): number | undefined {
  const first = port - OFFSETS[part];
  return first === FIRST_PORT ? undefined : first;
}

/** The names of the parts in errors about their ports. */
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

/** The ports of one stack; no other stack takes them until this is closed. */
export interface PortBlock {
  /** The load balancer's port. */
  readonly first: number;
  close(): Promise<void>;
}

/**
 * Finds ports for the parts: the block that starts at the given port, or the first block in which all are free.
 *
 * @param from the start of the first block
 * @throws PortUnavailableError if a port of the given block is taken, or at least one port in each of the 20 blocks
 */
export async function claimPorts(
  given: number | undefined,
  parts: readonly PortOwner[],
  from = FIRST_PORT,
): Promise<PortBlock> {
  if (given === 0) return { first: 0, close: async () => {} };
  if (given !== undefined) {
    // The stack can do without the claim: it serves nothing there.
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
