import { exampleRequest } from '../load-balancer/example-request.ts';
import type { PlaygroundStack } from './context.ts';
import type { Change, Changes } from './contract.ts';
import { exchange } from './exchange.ts';
import { findLogged, requestIdOf } from './logged.ts';
import { readParameters } from './parameters.ts';

/** How many of the latest changes are kept. */
const KEPT = 30;

export interface ChangeWatch {
  /** The changes so far; while one is not in force yet, after a look at what the function decides by. */
  readonly look: () => Promise<Changes>;
  /** What a decision has shown to be in force. */
  readonly seen: (versions: Readonly<Record<string, number>>) => void;
  readonly close: () => void;
}

/** Watches parameters being put, by whomever, and coming into force. */
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
    // An escape that is none: the function refuses it whatever the policy is, logs that, and no upstream gets it. A rule of the
    // listener without a wildcard does not take it; then what is sent by hand shows what is in force.
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
        // Where it fails, nothing has been seen.
        await looking.catch(() => {});
      }
      return { changes, now: now() };
    },
    seen,
    close: stop,
  };
}
