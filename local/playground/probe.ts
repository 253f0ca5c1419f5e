import { buildAlbEvent } from '../load-balancer/alb-event.ts';
import { mapFunctionResponse } from '../load-balancer/alb-response.ts';
import type { PlaygroundStack } from './context.ts';
import { findLogged, requestIdOf } from './logged.ts';

/** A malformed escape: under any policy the function rejects the request and logs it, and no upstream gets it. */
const REJECTED_PATH = '/%';

/**
 * Asks the function which versions of the parameters it uses; undefined if it does not say. Invokes it without the load
 * balancer, so that the console shows only the person's own requests.
 */
export async function versionsInForce(
  stack: Pick<PlaygroundStack, 'deployment' | 'logs' | 'invoke'>,
  now: number,
): Promise<Readonly<Record<string, number>> | undefined> {
  const { targetGroups, dropInvalidHeaderFields } = stack.deployment;
  const [group] = targetGroups.values();
  if (group === undefined) return undefined;
  const { arn: targetGroupArn, multiValueHeaders } = group;
  const request = {
    method: 'GET',
    path: REJECTED_PATH,
    query: '',
    headers: [['host', 'localhost'] as const, ['user-agent', 'playground'] as const],
    body: Buffer.alloc(0),
    sourceIp: '127.0.0.1',
    port: 80,
  };
  const options = { targetGroupArn, multiValueHeaders, dropInvalidHeaderFields, now: now / 1000 };
  const outcome = await stack.invoke(JSON.stringify(buildAlbEvent(request, options)));
  if (outcome.kind !== 'response') return undefined;
  const mapped = mapFunctionResponse(outcome.body, { multiValueHeaders });
  const id = mapped.kind === 'response' ? requestIdOf(mapped.response) : undefined;
  const logged = id === undefined ? undefined : await findLogged(stack, 'load-balancer', id);
  return logged?.versions;
}
