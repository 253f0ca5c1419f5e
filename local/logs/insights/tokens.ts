/** A word of a query: a name, a number, a text, a regular expression or a sign. */
export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'regex' | 'sign';
  readonly text: string;
}

/** The query is malformed, or uses a part of the language that is not supported here. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>@?[A-Za-z_][\w.]*)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<regex>\/(?:[^/\\]|\\.)+\/)|(?<sign>!=|<=|>=|[=<>()[\],*|]))/y;

/** @throws QueryError */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  const reader = new RegExp(TOKEN);
  const end = query.trimEnd().length;
  while (reader.lastIndex < end) {
    const from = reader.lastIndex;
    const found = Object.entries(reader.exec(query)?.groups ?? {}).find(([, text]) => text !== undefined);
    if (found === undefined) throw new QueryError(`not understood: ${query.slice(from, end).trim()}`);
    const [kind, text] = found as [Token['kind'], string];
    const isQuoted = kind === 'text' || kind === 'regex';
    const bare = isQuoted ? text.slice(1, -1) : text;
    tokens.push({ kind, text: kind === 'text' ? bare.replaceAll(/\\(.)/g, '$1') : bare });
  }
  return tokens;
}

/** Reads tokens from the left. */
export function createReader(tokens: readonly Token[]) {
  let at = 0;
  const is = (text: string) => tokens[at]?.text === text && tokens[at]?.kind !== 'text';
  const reader = {
    atEnd: () => at === tokens.length,
    /** Takes the next token if it is this word or sign; returns whether it was. */
    took: (text: string): boolean => {
      const found = is(text);
      if (found) at++;
      return found;
    },
    take: (what: string): Token => {
      const token = tokens[at++];
      if (token === undefined) throw new QueryError(`${what} is missing at the end`);
      return token;
    },
    expect: (text: string): void => {
      if (!reader.took(text))
        throw new QueryError(`${text} is missing before ${tokens[at]?.text ?? 'the end'}`);
    },
    name: (what: string): string => {
      const { kind, text } = reader.take(what);
      if (kind !== 'name') throw new QueryError(`${what} is missing before ${text}`);
      return text;
    },
    /** The token before the next one. */
    lastName: (): string => tokens[at - 1]?.text ?? '',
    /** One or more, with commas between them. */
    list: <T>(read: () => T): T[] => {
      const found = [read()];
      while (reader.took(',')) found.push(read());
      return found;
    },
  };
  return reader;
}

export type Reader = ReturnType<typeof createReader>;
