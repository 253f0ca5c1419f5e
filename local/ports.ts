import { startLoopbackServer } from './loopback-server.ts';

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
} as const;

export type PortOwner = keyof typeof OFFSETS;

/** The highest of them. */
export const PORT_SPAN = Math.max(...Object.values(OFFSETS));

/** The port of a part, by that of the load balancer; 0 leaves all of them to the system. */
export function portOf(part: PortOwner, loadBalancer: number): number {
  return loadBalancer === 0 ? 0 : loadBalancer + OFFSETS[part];
}

/** What the parts whose ports are looked at ahead are called in an error. */
const NAMES = {
  loadBalancer: 'load balancer',
  ssm: 'SSM endpoint',
  api: 'API',
  signingService: 'signing service',
  playground: 'playground',
  s3: 'S3 endpoint',
  lambda: 'Lambda endpoint',
} as const satisfies Partial<Record<PortOwner, string>>;

/** Fails where the port of one of the parts is taken. */
export async function checkPorts(
  loadBalancer: number,
  parts: readonly (keyof typeof NAMES)[],
): Promise<void> {
  if (loadBalancer === 0) return;
  for (const part of parts) {
    const port = portOf(part, loadBalancer);
    const probe = await startLoopbackServer({ name: NAMES[part], port }, () => () => {});
    await probe.close();
  }
}
