import type { LocatedWarning } from './check.ts';

/** The prefix that warning IDs have at synth, among those of other libraries. */
export const SYNTH_PREFIX = 'alb-jwt-authorizer:';

interface Accepted {
  readonly warnings: readonly LocatedWarning[];
  readonly accepted: readonly LocatedWarning[];
  /** IDs that no warning has. */
  readonly unused: readonly string[];
}

/** What the CDK puts before the ID where it says how to acknowledge a warning. */
const OF_SYNTH = new RegExp(`^(?:Annotation::)?${SYNTH_PREFIX}`);

/** Removes the warnings with the given IDs, in the form of this command or of synth. */
export function withoutAccepted(all: readonly LocatedWarning[], given: readonly string[]): Accepted {
  const ids = new Map(given.map((id) => [id.replace(OF_SYNTH, ''), id]));
  const present = new Set(all.map(({ id }) => id));
  return {
    warnings: all.filter(({ id }) => !ids.has(id)),
    accepted: all.filter(({ id }) => ids.has(id)),
    unused: [...ids].filter(([id]) => !present.has(id)).map(([, id]) => id),
  };
}

/** An outdated ID would silently accept a warning that returns under it one day. */
export const uselessAccept = (id: string): string =>
  `--accept ${id}: no warning has this ID: remove it, or correct it`;
