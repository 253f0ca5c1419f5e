import fc from 'fast-check';

/**
 * Paths that almost match a policy: a path that some pattern matches, respelled as an attacker would, so that some
 * servers treat it as the original.
 */
export function nearMisses(paths: readonly string[], maxEdits = 4): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...paths),
      // Mostly few edits, because many lead too far away from any path.
      fc.oneof(
        { weight: 3, arbitrary: fc.array(edit, { maxLength: 2 }) },
        fc.array(edit, { maxLength: maxEdits }),
      ),
    )
    .map(([path, edits]) => edits.reduce((text, change) => change(text), path));
}

const escapeOf = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** Changes a character of the path, but never the first. */
const at = (change: (character: string) => string) => (place: number) => (path: string) => {
  const index = path.length < 2 ? path.length : 1 + (place % (path.length - 1));
  return path.slice(0, index) + change(path.charAt(index)) + path.slice(index + 1);
};
const insert = (text: string) => at((character) => text + character);

/** Puts a text before a slash, or at the end. */
const atSegmentEnd = (text: string) => (place: number) => (path: string) => {
  const ends = [...path.matchAll(/\/|$/g)].map(({ index }) => index).filter((index) => index > 0);
  const index = ends[place % ends.length] ?? path.length;
  return path.slice(0, index) + text + path.slice(index);
};

const LOOKALIKES: Readonly<Record<string, string>> = {
  a: '%C3%A1',
  e: '%EF%BD%85',
  i: '%C4%B1',
  s: '%C5%BF',
  k: '%E2%84%AA',
  '/': '%EF%BC%8F',
  '.': '%E2%80%A4',
};

const EDITS: readonly ((place: number) => (path: string) => string)[] = [
  at((character) => character.toUpperCase()),
  at((character) => character.toLowerCase()),
  at(escapeOf),
  at((character) => escapeOf(character).toUpperCase()),
  at((character) => escapeOf(character).replaceAll('%', '%25')),
  at((character) => `%25u00${escapeOf(character).slice(1, 3)}`),
  at((character) => LOOKALIKES[character] ?? character),
  at((character) => (character === '/' ? '\\' : character)),
  at((character) => (character === '/' ? '//' : character)),
  at((character) => (character === '/' ? '%2F' : character)),
  ...['%C2%AD', '%E2%80%8D', '%CC%81', '+', '%20', '/', '%2f', '%5C'].map(insert),
  ...[';', ';x=1', '%3B', '.', '..', '%20', '%E3%80%80', '.json', '.a.b', '/', '//', '/.', '/..'].map(
    atSegmentEnd,
  ),
  ...['/..;', '%3F', '%3Fx', '%23', '%3Fx/y', '%2E', '/%2e%2e', '%252F', '%C0%AF', '%00', '/x'].map(
    atSegmentEnd,
  ),
];

const edit = fc.tuple(fc.constantFrom(...EDITS), fc.nat(200)).map(
  ([change, place]) =>
    (path: string) =>
      change(place)(path),
);
