/** Text with everything escaped that a terminal would obey or reorder. Escaped as in JSON, so that JSON stays valid. */
export const harmless = (text: string): string =>
  text.replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Cs}/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );

/** The same in one line, for text in which only an attacker puts line breaks. */
export const harmlessLine = (text: string): string => harmless(text).replaceAll('\n', '\\n');

/** The shape of a JWS or JWE, or of the beginning of one. AWS's have padding. */
const SEGMENTS = /(?<![\w-])(e[wy][\w-]+)={0,2}(?:\.[\w-]*={0,2})+/g;

/** Whether it is the beginning of a JSON object in base64url. A host name may look similar, but does not decode to one. */
export const beginsObject = (segment: string): boolean =>
  /^\{\s*(?:"|$)/.test(Buffer.from(segment, 'base64url').toString('latin1'));

/** Text without the tokens in it. A path, a claim or a parser's message may contain one. */
export const withoutTokens = (text: string): string =>
  text.replace(SEGMENTS, (whole, header: string) => (beginsObject(header) ? '<token>' : whole));

/** Whether there is a token in it, or the beginning of one. */
export const hasToken = (text: string): boolean => withoutTokens(text) !== text;

/** One line of a report, safe to print: text of others is harmless, and tokens are removed. */
export const safeLine = (text: string): string => withoutTokens(harmlessLine(text));

/** The signed tokens in a text, each once. */
export const tokensIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(SEGMENTS)]
      .filter(([, header = '']) => beginsObject(header))
      .map(([whole]) => whole.replace(/\.$/, ''))
      .filter((whole) => whole.split('.').length === 3),
  ),
];
