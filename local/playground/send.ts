import { configurationOf } from '../../tools/explain/configuration.ts';
import { explain } from '../../tools/explain/explain.ts';
import type { createLastKnownDocuments } from '../../tools/explain/last-known-documents.ts';
import { PLACE_FORMS, parsePlace, withToken } from '../../tools/explain/placed-token.ts';
import { pathReadings } from '../../tools/path-readings.ts';
import { fieldsForTarget } from '../load-balancer/alb-event.ts';
import type { ChangeWatch } from './changes.ts';
import type { PlaygroundStack } from './context.ts';
import type { Explained, Field, Logged, SendRequest, Sent } from './contract.ts';
import { completeFields, exchange, type Outgoing } from './exchange.ts';
import { findLogged, requestIdOf } from './logged.ts';
import { readParameters, valuesAt } from './parameters.ts';
import { RejectedCall } from './rejected-call.ts';

export interface SendContext {
  readonly stack: PlaygroundStack;
  readonly changes: Pick<ChangeWatch, 'seen'>;
  readonly fetchDocument: ReturnType<typeof createLastKnownDocuments>;
  readonly now: () => number;
}

/** Sends a request and collects the response, the decision with its stages, and what the upstream received. */
export async function send(input: SendRequest, context: SendContext): Promise<Sent> {
  const { stack, changes } = context;
  const { origin, ...outgoing } = outgoingOf(input, stack);
  const at = context.now();
  const response = await exchange(origin, outgoing);
  const requestId = requestIdOf(response);
  const logged = requestId === undefined ? undefined : await findLogged(stack, input.through, requestId);
  if (logged !== undefined) changes.seen(logged.versions);
  const explained = await explainSent({ ...outgoing, through: input.through }, logged, at, context);
  const { method, target, headers } = outgoing;
  return {
    request: { method, target, headers },
    answer: response,
    requestId,
    logged,
    explained,
    difference: differenceOf(logged, explained),
    received: requestId === undefined ? undefined : stack.received?.find(requestId),
  };
}

/** Completes the request of the form: puts the token in its place and adds the origin. */
export function outgoingOf(
  { through, method, target, headers, body, token, carrier }: SendRequest,
  { api, loadBalancer }: Pick<PlaygroundStack, 'api' | 'loadBalancer'>,
): Outgoing & { readonly origin: string } {
  const origin = through === 'api' ? api : loadBalancer;
  if (origin === undefined) throw new RejectedCall('The stack has no API. Start it with --authorizer http.');
  const place = parsePlace(carrier, []);
  if (place === undefined)
    throw new RejectedCall(`"${carrier}" is not a place for a token: use ${PLACE_FORMS}.`);
  const { path, query } = split(target);
  const placed = withToken({ method, path, query, headers, body: new Uint8Array() }, place, token);
  return {
    origin,
    method,
    target: placed.query === query ? target : `${path}?${placed.query}`,
    headers: completeFields(origin, { method, headers: placed.headers, body }),
    body,
  };
}

function split(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf('?');
  return at === -1 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

/**
 * Explains the request as it was sent, not as it was typed. Uses the parameter values that the function's log line says were in
 * force, or the current ones if there is no line.
 */
async function explainSent(
  { through, method, target, headers, body }: Outgoing & Pick<SendRequest, 'through'>,
  logged: Logged | undefined,
  at: number,
  { stack, fetchDocument }: SendContext,
): Promise<Explained> {
  const inForce = logged === undefined ? {} : valuesAt(stack, logged.versions);
  const values =
    Object.keys(inForce).length > 0
      ? inForce
      : Object.fromEntries(readParameters(stack).map(({ name, value }) => [name, value]));
  const configured = await configurationOf(values, 'in force', { bodies: through !== 'api' });
  if ('problems' in configured) {
    const problems = configured.problems.map(({ parameter, message }) => `${parameter}: ${message}`);
    return { kind: 'invalid', problems };
  }
  const { path, query } = split(target);
  const explanation = await explain({
    ...configured,
    pasted: undefined,
    request: {
      method,
      path,
      query,
      headers: fieldsAtFunction(through, headers, stack),
      body: Buffer.from(body),
    },
    ...(through === 'api' && { frontDoor: { kind: 'api-gateway' } }),
    fetchDocument,
    now: at,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  return { kind: 'explained', explanation, readings: pathReadings({ method, path }, configured) };
}

/** The header fields as the function gets them, through the load balancer or API in front of it. */
function fieldsAtFunction(
  through: SendRequest['through'],
  headers: readonly Field[],
  { signIn, deployment }: Pick<PlaygroundStack, 'signIn' | 'deployment'>,
): [string, string][] {
  if (through === 'api') return headers.map(([name, value]) => [name.toLowerCase(), value]);
  return fieldsForTarget(signIn?.(headers) ?? headers, deployment);
}

/** Where explain disagrees with the function. An error of the upstream does not change the decision: the request was allowed. */
function differenceOf(logged: Logged | undefined, explained: Explained): Sent['difference'] {
  if (logged === undefined || explained.kind === 'invalid') return undefined;
  const { code, reported } = logged.line;
  const { verdict } = explained.explanation;
  const decided = String(code).startsWith('upstream_') ? 'allowed' : String(code);
  const [one, other] = [verdictText(decided, reported), verdictText(verdict.code, verdict.reported)];
  return one === other ? undefined : { decided: one, explained: other };
}

const verdictText = (code: string, reported: unknown): string =>
  reported === undefined ? code : `${code}, reporting ${reported}`;
