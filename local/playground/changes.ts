import { exampleRequest } from '../load-balancer/example-request.ts';
import type { PlaygroundStack } from './context.ts';
import type { Change, Changes } from './contract.ts';
import { exchange } from './exchange.ts';
import { findLogged, requestIdOf } from './logged.ts';
import { readParameters } from './parameters.ts';

/** How many of the latest changes are kept. */
const KEPT = 30;

export interface ChangeWatch {
  /** The changes so far. While one is waiting, it first sends a request to see which versions the function uses. */
  readonly look: () => Promise<Changes>;
  /** Takes note of the versions that a decision was made with. */
  readonly seen: (versions: Readonly<Record<string, number>>) => void;
  readonly close: () => void;
}

/** Watches parameters as they are put, whoever does it, and come into force. */
export function watchChanges(stack: PlaygroundStack, now: () => number): ChangeWatch {
  let changes: readonly Change[] = [];
  let looking: Promise<void> | undefined;
  const stop = stack.ssm.onChange(({ name: fullName }) => {
    const parameter = readParameters(stack).find((one) => one.fullName === fullName);
    if (parameter === undefined) return;
    const { name, version } = parameter;
    changes = [{ name, version, putAt: now(), inForceAt: undefined }, ...changes].slice(0, KEPT);
  });
  const seen: ChangeWatch['seen'] = (versions) => {
    changes = changes.map((change) =>
      change.inForceAt === undefined && (versions[change.name] ?? 0) >= change.version
        ? { ...change, inForceAt: now() }
        : change,
    );
  };
  const probe = async () => {
    const { path, host } = exampleRequest(stack.deployment.listener.rules);
    // The escape is malformed, so the function refuses and logs the request under any policy, and no upstream gets it. A listener
    // rule without a wildcard does not match it; then only requests that are sent by hand show what is in force.
    const answer = await exchange(stack.loadBalancer, {
      method: 'GET',
      target: `${path}%`,
      headers: [['User-Agent', 'playground'], ...(host === undefined ? [] : [['Host', host] as const])],
      body: '',
    });
    const id = requestIdOf(answer);
    const logged = id === undefined ? undefined : await findLogged(stack, 'load-balancer', id);
    if (logged !== undefined) seen(logged.versions);
  };
  return {
    async look() {
      if (changes.some(({ inForceAt }) => inForceAt === undefined)) {
        looking ??= probe().finally(() => {
          looking = undefined;
        });
        // A request that fails shows nothing; the next look tries again.
        await looking.catch(() => {});
      }
      return { changes, now: now() };
    },
    seen,
    close: stop,
  };
}
