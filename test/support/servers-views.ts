/**
 * What servers are known to do to a path before they choose a handler, taken from their documentation and not
 * from our steps, so that the tests can check our rule against them. All accept ASCII with escapes.
 */

export interface View {
  readonly name: string;
  readonly of: (path: string) => string;
  /** Whether it ignores case. */
  readonly ignoresCase?: boolean;
}

const tryDecode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const perSegment = (path: string, change: (segment: string) => string): string =>
  path.split('/').map(change).join('/');

export const SLASHES_IGNORED: View = {
  name: 'ignores slashes at the end (Express)',
  of: (path) => path.replace(/(?<=.)\/+$/, ''),
};

export const VIEWS: readonly View[] = [
  { name: 'nothing', of: (path) => path },
  { name: 'decodes', of: tryDecode },
  { name: 'decodes each segment', of: (path) => perSegment(path, tryDecode) },
  { name: 'decodes, but no slash', of: (path) => perSegment(path.replace(/%2f/gi, '%252F'), tryDecode) },
  {
    name: 'decodes as IIS',
    of: (path) =>
      path.replace(/%u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  },
  { name: 'decodes as a form', of: (path) => path.split('+').join(' ') },
  {
    name: 'drops parameters (servlets)',
    of: (path) => perSegment(path, (segment) => segment.split(';')[0] ?? ''),
  },
  { name: 'drops parameters of the last segment (urlparse)', of: (path) => path.replace(/;[^/]*$/, '') },
  { name: 'ends at a semicolon', of: (path) => path.split(';')[0] ?? '' },
  { name: 'ends at a question mark', of: (path) => path.split('?')[0] ?? '' },
  { name: 'ends at a number sign', of: (path) => path.split('#')[0] ?? '' },
  { name: 'merges slashes (nginx)', of: (path) => path.split(/\/+/).join('/') },
  {
    name: 'trims segments (Windows)',
    of: (path) => perSegment(path, (segment) => segment.trim().replace(/[\s.]+$/, '')),
  },
  SLASHES_IGNORED,
  { name: 'turns backslashes', of: (path) => path.split('\\').join('/') },
  { name: 'takes off a format (Rails)', of: (path) => path.replace(/(?<=[^./]\.*)\.[^./]+(\/*)$/, '$1') },
  { name: 'takes off a format alone (Jersey)', of: (path) => path.replace(/(?<=\/)\.[^./]+\/*$/, '') },
  {
    name: 'takes off all formats, also where no name is before (Express)',
    // If nothing is left of the segment, the slashes on both sides of it become one: the pattern is `/{.:format}`.
    of: (path) =>
      path.replace(/(?<=\/[^./]*)\.[^/]+(\/*)$/, (_, slashes: string, at: number) =>
        path.charAt(at - 1) === '/' ? '' : slashes,
      ),
  },
  { name: 'takes off all formats', of: (path) => path.replace(/(?<=[^./])\.[^/]*(\/*)$/, '$1') },
  { name: 'lower case (Express)', of: (path) => path.toLowerCase(), ignoresCase: true },
  { name: 'upper case (ASP.NET)', of: (path) => path.toUpperCase(), ignoresCase: true },
  {
    name: 'collates (a database)',
    of: (path) => path.normalize('NFKD').replace(/\p{Mn}|\p{Cf}/gu, ''),
    ignoresCase: true,
  },
];

/** Escapes of characters that need none: with and without them, the path is the same (RFC 3986 §6.2.2.2). */
export const unescapeInert = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (triplet, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~!$&'()*+,=:@]/.test(character) ? character : triplet.toUpperCase();
  });

/** A path as a chain of servers reads it, as sent or in its normal form. */
export function seenBy(views: readonly View[], path: string): { text: string; ignoresCase: boolean } {
  return views.reduce<{ text: string; ignoresCase: boolean }>(
    (seen, view) => ({
      text: view.of(seen.text),
      ignoresCase: seen.ignoresCase || view.ignoresCase === true,
    }),
    { text: path, ignoresCase: false },
  );
}
