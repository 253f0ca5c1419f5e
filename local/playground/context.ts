import type { Deployment } from '../assembly/deployment.ts';
import type { AuthorizationServer } from '../identity/authorization-server.ts';
import type { LogStore } from '../logs/store.ts';
import type { Ssm } from '../ssm/server.ts';
import type { Field } from './contract.ts';
import type { ReceivedRequests } from './received-requests.ts';

/** The parts of the stack that the playground shows and uses. */
export interface PlaygroundStack {
  readonly deployment: Deployment;
  /** Origins of what requests are sent to. */
  readonly loadBalancer: string;
  readonly api: string | undefined;
  readonly authorizationServer: Pick<AuthorizationServer, 'origin' | 'rotateKeys' | 'setOutage' | 'isOutage'>;
  readonly ssm: Pick<Ssm, 'origin' | 'execute' | 'onChange'>;
  readonly logs: Pick<LogStore, 'eventsOf'>;
  readonly received: Pick<ReceivedRequests, 'find'>;
  /** What a service in front of the load balancer makes of a request's fields. */
  readonly signIn: ((headers: readonly Field[]) => readonly Field[]) | undefined;
}
