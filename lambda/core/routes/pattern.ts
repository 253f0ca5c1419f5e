/**
 * Path patterns as in listener rules: `*` is any number of characters, `?` exactly one, case matters.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export const matchesPattern = (pattern: string, text: string): boolean => compilePattern(pattern)(text, 0);

/** Whether what comes at a place of a text, up to its end, matches a pattern. */
export type MatchText = (text: string, at: number) => boolean;

/**
 * Compiles a pattern. What stands between two `*` is looked for from the left, each part after the one before it,
 * with the engine's own search: a long path costs little however many patterns it is compared with.
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

/** What a pattern has between two `*`. */
interface Part {
  readonly length: number;
  /** Whether it is just here. */
  readonly isAt: (text: string, at: number) => boolean;
  /** Where it is first from some place on, or -1. */
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
        // Past the end the search for nothing finds the end again and again.
        if (found === -1 || found - offset + length > text.length) return -1;
        at = found - offset;
        if (isAt(text, at)) return at;
      }
    },
  };
}

/** The characters that a path must begin with to match at all. */
export const literalPrefix = (pattern: string): string => pattern.replace(/[*?].*$/s, '');
