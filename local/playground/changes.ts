import type { PlaygroundStack } from './context.ts';
import type { Change } from './contract.ts';
import { readParameters } from './parameters.ts';
import { versionsInForce } from './probe.ts';

/** How many of the latest changes are kept. */
const KEPT = 30;

export interface ChangeWatch {
  /** The changes so far, newest first. If one is not in force yet, first asks the function which versions it uses. */
  readonly look: () => Promise<readonly Change[]>;
  /** Records the versions that a decision used. */
  readonly seen: (versions: Readonly<Record<string, number>>) => void;
  readonly close: () => void;
}

/** Watches for parameters that anybody puts, and for when they come into force. */
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
  const ask = async () => {
    const versions = await versionsInForce(stack, now());
    if (versions !== undefined) seen(versions);
  };
  return {
    async look() {
      if (changes.some(({ inForceAt }) => inForceAt === undefined)) {
        looking ??= ask().finally(() => {
          looking = undefined;
        });
        // A failure shows nothing; the next look tries again.
        await looking.catch(() => {});
      }
      return changes;
    },
    seen,
    close: stop,
  };
}
