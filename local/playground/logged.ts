import { reportOf } from '../../tools/explain/logged-request.ts';
import { parameterVersions } from '../../tools/parameter-versions.ts';
import type { PlaygroundStack } from './context.ts';
import type { Logged, ReceivedResponse } from './contract.ts';

/** Header fields in which the function or API Gateway gives callers the request id. */
const ID_FIELDS = ['x-request-id', 'apigw-requestid', 'x-amzn-requestid'];

/** How long a line may take from the function to the log, in milliseconds. */
const PATIENCE_MS = 2000;
const LOOK_MS = 20;

export const requestIdOf = ({ headers }: Pick<ReceivedResponse, 'headers'>): string | undefined =>
  ID_FIELDS.flatMap((field) =>
    headers.flatMap(([name, value]) => (name.toLowerCase() === field ? [value] : [])),
  )[0];

/** Finds the function's decision on a request in its log; undefined if it logged none. */
export async function findLogged(
  { logs, deployment }: Pick<PlaygroundStack, 'logs' | 'deployment'>,
  through: 'load-balancer' | 'api',
  requestId: string,
): Promise<Logged | undefined> {
  const { logGroup } = (through === 'api' && deployment.authorizer) || deployment.lambda;
  for (const end = performance.now() + PATIENCE_MS; ; ) {
    const events = logs.eventsOf(logGroup).filter(({ message }) => message.includes(requestId));
    const lines = events.map(({ group, stream, timestamp, message }) => ({
      group,
      stream,
      at: timestamp,
      text: message,
    }));
    const searched = { region: deployment.region, groups: [logGroup], from: 0, until: 0, complete: true };
    const decision = reportOf(requestId, searched, lines).decisions.at(-1);
    if (decision !== undefined) {
      const { line, meaning, further } = decision;
      const { configVersion } = line.members ?? {};
      return {
        line: line.members ?? {},
        meaning,
        versions: typeof configVersion === 'string' ? parameterVersions(configVersion) : {},
        further: further.map(({ text }) => text),
      };
    }
    if (performance.now() > end) return undefined;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
