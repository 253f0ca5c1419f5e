/** A token as it was given, freed of what clings to it when it is copied. */
export interface Pasted {
  readonly token: string;
  /** What was taken off. A request that sends it as well is rejected. */
  readonly notes: readonly string[];
}

/** The longest thing that is looked at: a load balancer takes no header over 16 K. */
export const MAX_INPUT = 256 * 1024;

/** Takes off what is no part of a token: the field's name, the scheme, quotes and line breaks. */
export function cleanPaste(input: string): Pasted {
  const notes: string[] = [];
  const strip = (text: string, pattern: RegExp, note: string): string => {
    const stripped = text.replace(pattern, '');
    if (stripped !== text) notes.push(note);
    return stripped;
  };
  let token = input.trim();
  token = strip(token, /^authorization\s*:\s*/i, '"Authorization:" was pasted along');
  token = quotesOff(token, notes);
  token = strip(token, /^bearer[\s:]+/i, '"Bearer" was pasted along; it belongs in the header once');
  token = quotesOff(token, notes);
  token = strip(token, /[\r\n]+[ \t]*/g, 'line breaks within the token were removed');
  token = strip(token, /,$/, 'a comma at the end was removed');
  return { token: token.trim(), notes };
}

function quotesOff(text: string, notes: string[]): string {
  const [, inner] = /^["'`](.*)["'`],?$/s.exec(text) ?? /^["'`]+([^"'`]*)$/s.exec(text) ?? [];
  const [, start] = /^([^"'`]*)["'`]+,?$/s.exec(text) ?? [];
  const unquoted = inner ?? start;
  if (unquoted === undefined) return text;
  notes.push('quotes around the token were removed: a shell or a JSON answer has them, the token does not');
  return unquoted.trim();
}
