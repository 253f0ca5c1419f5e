import { configurationOf } from '../../tools/explain/configuration.ts';
import { explain } from '../../tools/explain/explain.ts';
import { PLACE_FORMS, parsePlace, withToken } from '../../tools/explain/placed-token.ts';
import type { createLastKnownDocuments } from '../../tools/explain/last-known-documents.ts';
import { pathReadings } from '../../tools/path-readings.ts';
import type { ChangeWatch } from './changes.ts';
import type { PlaygroundStack } from './context.ts';
import type { Explained, Logged, Sent, SendRequest } from './contract.ts';
import { exchange } from './exchange.ts';
import { findLogged, requestIdOf } from './logged.ts';
import { readParameters, valuesAt } from './parameters.ts';
import { RefusedCall } from './refused-call.ts';

export interface SendContext {
  readonly stack: PlaygroundStack;
  readonly changes: Pick<ChangeWatch, 'seen'>;
  readonly fetchDocument: ReturnType<typeof createLastKnownDocuments>;
  readonly now: () => number;
}

/** Sends a request and gathers what became of it: the answer, the decision and its stages, and what the upstream got. */
export async function send(input: SendRequest, context: SendContext): Promise<Sent> {
  const { stack, changes } = context;
  const origin = input.through === 'api' ? stack.api : stack.loadBalancer;
  if (origin === undefined) throw new RefusedCall('The stack has no API. Start it with --authorizer http.');
  const request = requestOf(input);
  const target = request.path + (request.query === '' ? '' : `?${request.query}`);
  const at = context.now();
  const answer = await exchange(origin, { ...request, target, body: input.body });
  const requestId = requestIdOf(answer);
  const logged = requestId === undefined ? undefined : await findLogged(stack, input.through, requestId);
  if (logged !== undefined) changes.seen(logged.versions);
  const explained = await explainSent(input, logged, at, context);
  return {
    request: { method: request.method, target, headers: request.headers },
    answer,
    requestId,
    logged,
    explained,
    difference: differenceOf(logged, explained),
    received: requestId === undefined ? undefined : stack.received.find(requestId),
  };
}

/** The request with the token where `explain` puts it, too. */
function requestOf({ method, target, headers, token, carrier }: SendRequest) {
  const place = parsePlace(carrier, []);
  if (place === undefined) throw new RefusedCall(`A token goes in ${PLACE_FORMS}.`);
  const { path, query } = split(target);
  return withToken({ method, path, query, headers, body: new Uint8Array() }, place, token);
}

function split(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf('?');
  return at === -1 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

/** Explains with the values that the function's line says were in force; without a line, with the present ones. */
async function explainSent(
  { through, method, target, headers, token, carrier }: SendRequest,
  logged: Logged | undefined,
  at: number,
  { stack, fetchDocument }: SendContext,
): Promise<Explained> {
  const inForce = logged === undefined ? {} : valuesAt(stack, logged.versions);
  const values =
    Object.keys(inForce).length > 0
      ? inForce
      : Object.fromEntries(readParameters(stack).map(({ name, value }) => [name, value]));
  const configured = await configurationOf(values, 'in force');
  if ('problems' in configured) {
    const problems = configured.problems.map(({ parameter, message }) => `${parameter}: ${message}`);
    return { kind: 'invalid', problems };
  }
  const { path, query } = split(target);
  const signed = through === 'load-balancer' ? (stack.signIn?.(headers) ?? headers) : headers;
  const explanation = await explain({
    ...configured,
    pasted: token,
    request: { method, path, query, headers: signed.map(([name, value]) => [name.toLowerCase(), value]) },
    carrier,
    fetchDocument,
    now: at,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  return { kind: 'explained', explanation, readings: pathReadings({ method, path }, configured) };
}

/** Where explain disagrees with the function. What happens to an allowed request at the upstream is no part of the decision. */
function differenceOf(logged: Logged | undefined, explained: Explained): Sent['difference'] {
  if (logged === undefined || explained.kind === 'invalid') return undefined;
  const { code, reported } = logged.line;
  const { verdict } = explained.explanation;
  const decided = String(code).startsWith('upstream_') ? 'allowed' : String(code);
  const [one, other] = [told(decided, reported), told(verdict.code, verdict.reported)];
  return one === other ? undefined : { decided: one, explained: other };
}

const told = (code: string, reported: unknown): string =>
  reported === undefined ? code : `${code}, reporting ${reported}`;
