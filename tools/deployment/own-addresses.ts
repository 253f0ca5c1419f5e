import { ArgumentError } from '../arguments.ts';
import { AwsFailure } from '../aws-call.ts';
import { addressOf, type OwnAddress } from '../check-config/own-address.ts';
import { findStack } from './find-stack.ts';
import { entriesOf, type Reached } from './front-doors.ts';
import type { Place } from './place.ts';

/**
 * The addresses by which requests reach a deployment, as far as they are known: those in its outputs, its load balancer's
 * own name, and the one that the operator gives.
 */
export function ownAddresses(reached: Reached, given?: URL): readonly OwnAddress[] {
  // The demo API responds itself, without an upstream.
  const entries = entriesOf(reached, undefined).filter(({ kind }) => kind !== 'api-gateway');
  const direct = entries.find(({ kind }) => kind === 'load-balancer');
  const { stack, door } = reached;
  const balancer = stack?.outputs.LoadBalancerDnsName ?? direct?.through ?? door?.dnsName;
  const names = entries.flatMap(({ url, leadsTo: host }) =>
    host === undefined || host === balancer ? [] : [{ ...addressOf(url), host }],
  );
  return [
    ...entries.map(({ url }) => addressOf(url)),
    ...names,
    ...(balancer === undefined
      ? []
      : [{ host: balancer, port: door?.port ?? (direct && addressOf(direct.url).port) }]),
    ...(given === undefined ? [] : [addressOf(given)]),
  ];
}

/** How long CloudFormation may take, in ms: credentials for parameters only must not wait long for its denial or its silence. */
const LOOKUP_MS = 5_000;

/**
 * The same for the stack whose parameters are under this prefix. None if there is no such stack, or if it cannot be described
 * before the signal, by default within five seconds.
 */
export async function ownAddressesUnder(
  place: Place,
  signal = AbortSignal.timeout(LOOKUP_MS),
): Promise<readonly OwnAddress[]> {
  try {
    return ownAddresses({ stack: await findStack(place, signal) });
  } catch (error) {
    if (error instanceof AwsFailure || error instanceof ArgumentError) return [];
    throw error;
  }
}
