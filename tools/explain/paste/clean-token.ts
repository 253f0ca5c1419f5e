/** A token without the things that cling to it when it is copied. */
export interface CleanToken {
  readonly token: string;
  /** What was removed. A request that sends it too is rejected. */
  readonly notes: readonly string[];
}

/** Removes what is not part of a token: the scheme, quotes, URL escapes, and white space within. */
export function cleanToken(input: string): CleanToken {
  const notes: string[] = [];
  const strip = (text: string, pattern: RegExp, note: string): string => {
    const stripped = text.replace(pattern, '');
    if (stripped !== text) notes.push(note);
    return stripped;
  };
  let token = quotesOff(input.trim(), notes);
  if (/^(?:bearer)?(?:%20|\+)?[\w-]*(?:%2e|\.)[\w.%-]*$/i.test(token) && /%[0-9a-f]{2}/i.test(token)) {
    token = decoded(token);
    notes.push('URL escapes (%2E, %20, …) were decoded: a header has none');
  }
  token = strip(
    token,
    /^(?:bearer|token|jwt)[\s:]+/i,
    '"Bearer" was removed: it belongs in the header only once',
  );
  token = quotesOff(token, notes);
  token = strip(token, /[,;]$/, 'punctuation at the end was removed');
  token = strip(token, /[\r\n]+[ \t]*/g, 'line breaks within the token were removed');
  // Anything else with blanks is text, not a broken token.
  if (/^e[wy][\w-]*[\s\w.=-]*$/.test(token) && token.split('.').length <= 5) {
    token = strip(token, /\s+/g, 'blanks within the token were removed');
  }
  return { token: token.trim(), notes };
}

/** Without URL escapes; unchanged if they are malformed. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

function quotesOff(text: string, notes: string[]): string {
  const plain = text.replaceAll(/\\(["'])/g, '$1');
  const [, inner] = /^["'`](.*)["'`][,;]?$/s.exec(plain) ?? /^["'`]+([^"'`]*)$/s.exec(plain) ?? [];
  const [, start] = /^([^"'`]*)["'`]+[,;]?$/s.exec(plain) ?? [];
  const unquoted = inner ?? start;
  if (unquoted === undefined) return text;
  notes.push('quotes around the token were removed: a shell or a JSON response has them, the token does not');
  return unquoted.trim();
}
