import type { Deployment } from '../assembly/deployment.ts';
import type { AuthorizationServer } from '../identity/authorization-server.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import type { LogStore } from '../logs/store.ts';
import type { Ssm } from '../ssm/server.ts';
import type { Field } from './contract.ts';
import type { ReceivedRequests } from './received-requests.ts';
import { RefusedCall } from './refused-call.ts';

type OwnServer = Pick<AuthorizationServer, 'origin' | 'rotateKeys' | 'setOutage' | 'isOut'>;

/** The parts of the stack that the playground shows and uses. */
export interface PlaygroundStack {
  readonly deployment: Deployment;
  /** Origins of what requests are sent to. */
  readonly loadBalancer: string;
  readonly api: string | undefined;
  /** The stack's own; none where another issuer's tokens are accepted. */
  readonly authorizationServer: OwnServer | undefined;
  readonly ssm: Pick<Ssm, 'origin' | 'execute' | 'onChange'>;
  readonly logs: Pick<LogStore, 'eventsOf'>;
  /** What its own upstream got; undefined where the requests go to another. */
  readonly received: Pick<ReceivedRequests, 'find'> | undefined;
  /** What a service in front of the load balancer makes of a request's fields. */
  readonly signIn: ((headers: readonly Field[]) => readonly Field[]) | undefined;
  /** Invokes the function behind the load balancer. */
  readonly invoke: FunctionPool['invoke'];
}

/** The stack's own authorization server. Refuses the call where the stack accepts the tokens of another. */
export function ownServer({ authorizationServer }: Pick<PlaygroundStack, 'authorizationServer'>): OwnServer {
  if (authorizationServer === undefined) {
    throw new RefusedCall(
      'The stack has no authorization server: it accepts the tokens of the issuer given by --issuer.',
    );
  }
  return authorizationServer;
}

/** The path patterns that get to the function; undefined where there is another way in, or a rule that takes every path. */
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
