import type { LocatedWarning } from './check.ts';

/** What the ids of warnings begin with at synth, where those of other libraries are beside them. */
export const SYNTH_PREFIX = 'alb-jwt-authorizer:';

interface Accepted {
  readonly warnings: readonly LocatedWarning[];
  readonly accepted: readonly LocatedWarning[];
  /** Ids that no warning has. */
  readonly unused: readonly string[];
}

/** What the CDK shows before that where it says how to acknowledge a warning. */
const OF_SYNTH = new RegExp(`^(?:Annotation::)?${SYNTH_PREFIX}`);

/** Takes out the warnings whose ids are given, as this command or as synth has them. */
export function withoutAccepted(all: readonly LocatedWarning[], given: readonly string[]): Accepted {
  const ids = new Map(given.map((id) => [id.replace(OF_SYNTH, ''), id]));
  const present = new Set(all.map(({ id }) => id));
  return {
    warnings: all.filter(({ id }) => !ids.has(id)),
    accepted: all.filter(({ id }) => ids.has(id)),
    unused: [...ids].filter(([id]) => !present.has(id)).map(([, id]) => id),
  };
}

/** An id that has served its time would accept what comes back under it one day. */
export const uselessAccept = (id: string): string =>
  `--accept ${id}: no warning has this ID: remove it, or correct it`;
