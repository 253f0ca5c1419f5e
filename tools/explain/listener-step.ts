import { LOAD_BALANCER_OPTIONS } from '../../infra/options/groups/load-balancer.ts';
import { RESOURCE_DOCUMENTS } from '../../lambda/contract.ts';
import { type HttpRequest, headerValues } from '../../lambda/core/http/message.ts';
import { matchesPattern } from '../../lambda/core/routes/pattern.ts';
import { listed } from './format.ts';
import { pass, type Step, skip } from './step.ts';

/** What receives a request before the function, and may respond to it itself. */
export type FrontDoor =
  | {
      readonly kind: 'load-balancer';
      /** The deployment's options of these names. No hosts means any host. */
      readonly paths: readonly string[];
      readonly hosts: readonly string[];
    }
  /** The function is the authorizer of an API, whose routes are unknown here. */
  | { readonly kind: 'api-gateway' };

export const DEFAULT_PATHS = LOAD_BALANCER_OPTIONS.paths.default;

/** Whether the listener has a rule that sends the request to the function. The conditions of a rule are case-sensitive for paths, not for hosts. */
export function listenerStep(front: FrontDoor, request: HttpRequest): Step {
  if (front.kind === 'api-gateway') {
    return skip('listener', 'API Gateway asks the function; its own routes are not checked here');
  }
  const { path } = request;
  const documents = [RESOURCE_DOCUMENTS, `${RESOURCE_DOCUMENTS}/*`];
  const pattern = [...front.paths, ...documents].find((one) => covers(one, path));
  if (pattern === undefined) {
    return unrouted(
      `no listener rule matches the path ${path}; the rules are for ${listed([...front.paths])}`,
      [
        'if the deployment has other paths, name them: --paths as in "cdk deploy -c paths=…"; behind API Gateway give --authorizer',
      ],
    );
  }
  // It is unknown here who owns the listener.
  const hints = front.paths.includes(pattern)
    ? []
    : ['on an existing listener only if it is deployed with resourceDocuments=true'];
  if (front.hosts.length === 0) {
    return pass('listener', `the rule for ${pattern} sends it to the function`, hints);
  }
  const [host] = headerValues(request.headers, 'host');
  if (host === undefined) {
    return skip(
      'listener',
      `the rules are for ${listed([...front.hosts])} only, and the request has no Host`,
      ['give it with --header "Host: …"'],
    );
  }
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return front.hosts.some((one) => matchesPattern(one.toLowerCase(), name))
    ? pass('listener', `the rule for ${pattern} and ${name} sends it to the function`, hints)
    : unrouted(`no listener rule matches the host ${name}; the rules are for ${listed([...front.hosts])}`, [
        'name the hosts of the deployment with --hosts as in "cdk deploy -c hosts=…"',
      ]);
}

/** A pattern that ends in /* is deployed together with the path before the slash. */
const covers = (pattern: string, path: string): boolean =>
  matchesPattern(pattern, path) || (pattern.endsWith('/*') && matchesPattern(pattern.slice(0, -2), path));

const unrouted = (text: string, hints: readonly string[]): Step => ({
  name: 'listener',
  outcome: 'fail',
  text: `${text}: the load balancer itself returns 404, and the function never sees the request`,
  hints: [...hints, 'with an existing listener, its default action applies instead'],
});
