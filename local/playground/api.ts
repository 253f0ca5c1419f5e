import * as v from 'valibot';
import { checkParameters } from '../../tools/check-config/check.ts';
import { addressOf } from '../../tools/check-config/own-address.ts';
import { decodePasted } from '../../tools/explain/decoded-token.ts';
import { DEMO } from '../identity/authorization-server.ts';
import { exampleRequest } from '../load-balancer/example-request.ts';
import type { ChangeWatch } from './changes.ts';
import { listenerPathsOf, ownServer, type PlaygroundStack } from './context.ts';
import type {
  Changes,
  Checked,
  CurlCommand,
  DecodedToken,
  IssuedToken,
  Put,
  Sent,
  StackState,
} from './contract.ts';
import { curlCommand } from './curl-command.ts';
import { putParameter, readParameters } from './parameters.ts';
import { RejectedCall } from './rejected-call.ts';
import { type SendContext, send } from './send.ts';
import { issueToken } from './tokens.ts';

export interface ApiContext extends SendContext {
  readonly changes: ChangeWatch;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

interface Endpoint {
  readonly input: v.GenericSchema;
  readonly run: (input: never, context: ApiContext) => object | Promise<object>;
}

const endpoint = <S extends v.GenericSchema, T extends object>(
  input: S,
  run: (input: v.InferOutput<S>, context: ApiContext) => T | Promise<T>,
): Endpoint => ({ input, run: run as Endpoint['run'] });

const NOTHING = v.undefined();
const field = v.pipe(v.tuple([v.string(), v.string()]), v.readonly());
const REQUEST = {
  through: v.picklist(['load-balancer', 'api']),
  method: v.string(),
  target: v.string(),
  headers: v.array(field),
  body: v.string(),
  token: v.string(),
  carrier: v.string(),
} as const;

/** The endpoints, by method and name. */
const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET stack': endpoint(NOTHING, (_, { stack }): StackState => stateOf(stack)),
  'GET changes': endpoint(
    NOTHING,
    async (_, { stack, changes, startedAt, now }): Promise<Changes> => ({
      changes: await changes.look(),
      outage: isOut(stack),
      startedAt,
      now: now(),
    }),
  ),
  'POST token': endpoint(
    v.strictObject({
      scope: v.string(),
      audience: v.string(),
      lifetime: v.pipe(v.number(), v.integer()),
    }),
    (input, { stack }): Promise<IssuedToken> => issueToken(stack, input),
  ),
  'POST decode': endpoint(
    v.strictObject({ token: v.string() }),
    ({ token }): DecodedToken => decodePasted(token),
  ),
  'POST check': endpoint(
    v.strictObject({ values: v.record(v.string(), v.string()) }),
    async ({ values }, { stack }): Promise<Checked> => {
      const { problems, warnings } = await checkParameters(values, {
        listenerPaths: listenerPathsOf(stack),
        ownAddresses: [addressOf(new URL(stack.loadBalancer))],
      });
      return { problems, warnings };
    },
  ),
  'POST parameter': endpoint(
    v.strictObject({ name: v.string(), value: v.string() }),
    ({ name, value }, { stack }): Promise<Put> => putParameter(stack, name, value),
  ),
  'POST outage': endpoint(v.strictObject({ on: v.boolean() }), ({ on }, { stack }): StackState => {
    ownServer(stack).setOutage(on);
    return stateOf(stack);
  }),
  'POST rotation': endpoint(v.strictObject({}), async (_, { stack }): Promise<StackState> => {
    await ownServer(stack).rotateKeys();
    return stateOf(stack);
  }),
  'POST send': endpoint(v.strictObject(REQUEST), (input, context): Promise<Sent> => send(input, context)),
  'POST curl': endpoint(
    v.strictObject({ ...REQUEST, withToken: v.boolean() }),
    ({ withToken, ...request }, { stack }): CurlCommand => ({
      command: curlCommand(request, stack, withToken),
    }),
  ),
};

export interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Handles a call from the page. `body` is undefined if the call has none. */
export async function callApi(name: string, body: unknown, context: ApiContext): Promise<Reply> {
  const called = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined;
  if (called === undefined) return errorReply(404, `The playground's API has no ${name}.`);
  const input = v.safeParse(called.input, body);
  if (!input.success) {
    const [issue] = input.issues;
    return errorReply(400, `${v.getDotPath(issue) ?? 'The body'}: ${issue.message}`);
  }
  try {
    return { status: 200, body: await called.run(input.output as never, context) };
  } catch (error) {
    if (!(error instanceof RejectedCall)) throw error;
    return errorReply(422, error.message);
  }
}

export const errorReply = (status: number, error: string): Reply => ({ status, body: { error } });

function stateOf(stack: PlaygroundStack): StackState {
  return {
    loadBalancer: stack.loadBalancer,
    api: stack.api,
    authorizationServer: stack.authorizationServer?.origin,
    audience: DEMO.audience,
    scopes: DEMO.scope.split(' '),
    example: exampleRequest(stack.deployment.listener.rules),
    parameters: readParameters(stack),
    upstreamTells: stack.received !== undefined,
    outage: isOut(stack),
  };
}

const isOut = ({ authorizationServer }: PlaygroundStack): boolean => authorizationServer?.isOut() ?? false;
