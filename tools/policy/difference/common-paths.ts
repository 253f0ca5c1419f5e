/** Maximum number of patterns that two patterns are merged into. */
const MAX_MERGED = 6;

/** Patterns that match only texts which both given patterns match; none if there is no such text. Not necessarily all. */
export function mergedPatterns(one: string, other: string): readonly string[] {
  const [a, b] = [one, other].sort() as [string, string];
  const merged = new Set<string>();
  // Positions from which nothing is found, so that each is visited once.
  const dead = new Set<number>();

  function walk(i: number, j: number, text: string): boolean {
    if (merged.size >= MAX_MERGED) return true;
    const [x, y] = [a[i], b[j]];
    if (x === undefined && y === undefined) {
      merged.add(text);
      return true;
    }
    const state = i * (b.length + 1) + j;
    if (dead.has(state)) return false;
    let found = false;
    for (const [di, dj, added] of stepsFrom(x, y)) {
      found = walk(i + di, j + dj, added === '*' && text.endsWith('*') ? text : text + added) || found;
    }
    if (!found) dead.add(state);
    return found;
  }
  walk(0, 0, '');
  return [...merged];
}

type Move = readonly [di: number, dj: number, added: string];

/** How a text that both match can continue. A wildcard first takes what the other pattern says, and only then nothing. */
function stepsFrom(x: string | undefined, y: string | undefined): readonly Move[] {
  if (x === '*' && y === '*') {
    return [
      [1, 0, '*'],
      [0, 1, '*'],
    ];
  }
  if (x === '*')
    return y === undefined
      ? [[1, 0, '']]
      : [
          [0, 1, y],
          [1, 0, ''],
        ];
  if (y === '*')
    return x === undefined
      ? [[0, 1, '']]
      : [
          [1, 0, x],
          [0, 1, ''],
        ];
  if (x === undefined || y === undefined) return [];
  if (x === y || y === '?') return [[1, 1, x]];
  return x === '?' ? [[1, 1, y]] : [];
}

/** Texts for wildcards, the plainest first. Several, because other routes may match some of them. */
const FILLINGS = [
  ['x', 'x'],
  ['', '7'],
  ['x/y', 'q'],
  ['q9', '9'],
  ['7', 'z'],
] as const;

/** Paths that some patterns match, with and without a trailing slash, the plainest first. */
export const pathsOf = (patterns: readonly string[]): readonly string[] =>
  FILLINGS.flatMap(([many, one]) =>
    patterns.flatMap((pattern) => {
      const path = pattern.replaceAll('*', many).replaceAll('?', one);
      return path.endsWith('/') ? [path] : [path, `${path}/`];
    }),
  );
