/**
 * Path patterns as in listener rules: `*` is any number of characters, `?` exactly one, case matters.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export const matchesPattern = (pattern: string, text: string): boolean => compilePattern(pattern)(text, 0);

/** Whether a text matches a pattern from some place up to its end. */
export type MatchText = (text: string, at: number) => boolean;

/**
 * Compiles a pattern. Searches for the parts between `*` from left to right, with the engine's own string search: a
 * long path is cheap to match, however many patterns it is compared with.
 */
export function compilePattern(pattern: string): MatchText {
  const parts = pattern.split('*').map(compilePart);
  const first = parts[0] as Part;
  const last = parts.length === 1 ? undefined : (parts.at(-1) as Part);
  if (last === undefined) return (text, at) => text.length === at + first.length && first.isAt(text, at);
  const inner = parts.slice(1, -1).filter(({ length }) => length > 0);
  return (text, at) => {
    if (!first.isAt(text, at)) return false;
    let from = at + first.length;
    for (const part of inner) {
      const found = part.find(text, from);
      if (found === -1) return false;
      from = found + part.length;
    }
    const end = text.length - last.length;
    return end >= from && last.isAt(text, end);
  };
}

/** The part of a pattern between two `*`. */
interface Part {
  readonly length: number;
  /** Whether a text has the part at this place. */
  readonly isAt: (text: string, at: number) => boolean;
  /** The first place of the part at or after `from`, or -1. */
  readonly find: (text: string, from: number) => number;
}

function compilePart(part: string): Part {
  const { length } = part;
  if (!part.includes('?')) {
    return {
      length,
      isAt: (text, at) => text.startsWith(part, at),
      find: (text, from) => text.indexOf(part, from),
    };
  }
  const runs = part.split('?');
  const longest = runs.reduce((one, other) => (other.length > one.length ? other : one));
  const offset = part.indexOf(longest);
  function isAt(text: string, at: number): boolean {
    if (at + length > text.length) return false;
    let place = at;
    return runs.every((run) => {
      const here = text.startsWith(run, place);
      place += run.length + 1;
      return here;
    });
  }
  return {
    length,
    isAt,
    find(text, from) {
      for (let at = from; ; at++) {
        const found = text.indexOf(longest, at + offset);
        // Past the end, a search for the empty text would find the end again and again.
        if (found === -1 || found - offset + length > text.length) return -1;
        at = found - offset;
        if (isAt(text, at)) return at;
      }
    },
  };
}

/** The characters that a path must begin with to match. */
export const literalPrefix = (pattern: string): string => pattern.replace(/[*?].*$/s, '');
