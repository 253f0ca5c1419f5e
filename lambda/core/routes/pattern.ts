/**
 * Path patterns as in listener rules: `*` is any number of characters, `?` exactly one, case matters.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  // Where the latest `*` was, and what it has been stretched over so far.
  let star = -1;
  let stretched = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      stretched = t;
    } else if (pattern[p] === '?' || pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++stretched;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The characters that a path must begin with to match at all. */
export const literalPrefix = (pattern: string): string => pattern.replace(/[*?].*$/s, '');
