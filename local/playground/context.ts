import type { Deployment } from '../assembly/deployment.ts';
import type { AuthorizationServer } from '../identity/authorization-server.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import type { LogStore } from '../logs/store.ts';
import type { Ssm } from '../ssm/server.ts';
import type { Field } from './contract.ts';
import type { ReceivedRequests } from './received-requests.ts';
import { RejectedCall } from './rejected-call.ts';

type OwnServer = Pick<AuthorizationServer, 'origin' | 'rotateKeys' | 'setOutage' | 'isOut'>;

/** The parts of the stack that the playground shows and uses. */
export interface PlaygroundStack {
  readonly deployment: Deployment;
  /** The origins that requests are sent to. */
  readonly loadBalancer: string;
  readonly api: string | undefined;
  /** The stack's own; undefined if the stack accepts another issuer's tokens. */
  readonly authorizationServer: OwnServer | undefined;
  readonly ssm: Pick<Ssm, 'origin' | 'execute' | 'onChange'>;
  readonly logs: Pick<LogStore, 'eventsOf'>;
  /** What the stack's own upstream received; undefined if requests go to another upstream. */
  readonly received: Pick<ReceivedRequests, 'find'> | undefined;
  /** The service in front of the load balancer: takes a request's header fields and returns them with its signed header. */
  readonly signIn: ((headers: readonly Field[]) => readonly Field[]) | undefined;
  /** Invokes the function behind the load balancer. */
  readonly invoke: FunctionPool['invoke'];
}

/** Returns the stack's own authorization server; throws a `RejectedCall` if the stack accepts another issuer's tokens. */
export function ownServer({ authorizationServer }: Pick<PlaygroundStack, 'authorizationServer'>): OwnServer {
  if (authorizationServer === undefined) {
    throw new RejectedCall(
      'The stack has no authorization server: it accepts the tokens of the issuer in --issuer.',
    );
  }
  return authorizationServer;
}

/** The path patterns that lead to the function; undefined if an API leads to it too, or a listener rule matches every path. */
export function listenerPathsOf({
  api,
  deployment,
}: Pick<PlaygroundStack, 'api' | 'deployment'>): readonly string[] | undefined {
  if (api !== undefined) return undefined;
  const patterns = deployment.listener.rules.map(({ conditions }) =>
    conditions.flatMap((condition) =>
      condition.field === 'path-pattern' && condition.regex === undefined ? condition.values : [],
    ),
  );
  return patterns.every(({ length }) => length > 0) ? patterns.flat() : undefined;
}
