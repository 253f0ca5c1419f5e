/** How a lenient server reads the body of a JSON-RPC message, in its own deviation from RFC 8259. */
export interface View {
  /** Which of two members with one name counts. */
  readonly member: 'first' | 'last';
  /** Maps a name in the text to the name that the server looks for. */
  readonly name: (name: string) => string;
  /** Whether members of `__proto__` count as the object's own. */
  readonly prototype: boolean;
  /** Which of several documents, or of the messages of a batch, counts. */
  readonly document: 'first' | 'last';
}

type Json = string | number | boolean | null | Json[] | Members;
/** Members in order, with duplicates. */
interface Members {
  readonly members: readonly (readonly [name: string, value: Json])[];
}

const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Method and name as such a server reads them from a text; undefined if it cannot read the text either. */
export function readLeniently(
  text: string,
  view: View,
): { readonly method: unknown; readonly names: readonly unknown[] } | undefined {
  const documents = parseAll(text);
  if (documents === undefined) return undefined;
  const messages = documents.flatMap((document) => (Array.isArray(document) ? document : [document]));
  const message = view.document === 'first' ? messages[0] : messages.at(-1);
  if (!isMembers(message)) return undefined;
  const params = member(message, 'params', view);
  return {
    method: member(message, 'method', view),
    names: ['name', 'uri', 'taskId'].map((name) =>
      isMembers(params) ? member(params, name, view) : undefined,
    ),
  };
}

function member({ members }: Members, wanted: string, view: View): Json | undefined {
  const found = members.filter(([name]) => view.name(name) === view.name(wanted));
  const one = view.member === 'first' ? found[0] : found.at(-1);
  if (one !== undefined) return one[1];
  const prototype = view.prototype ? members.findLast(([name]) => name === '__proto__')?.[1] : undefined;
  return isMembers(prototype) ? member(prototype, wanted, view) : undefined;
}

/** Parses JSON with comments, extra commas, single quotes, a byte order mark, and several documents in a row. */
function parseAll(text: string): Json[] | undefined {
  let at = 0;
  const take = (token: RegExp): string | undefined => {
    const sticky = new RegExp(token.source, 'ys');
    sticky.lastIndex = at;
    const found = sticky.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const space = () => take(/(?:[\s\ufeff]|\/\/[^\n]*|\/\*.*?\*\/)*/);
  const string = (): string | undefined => {
    const quoted = take(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/);
    return quoted
      ?.slice(1, -1)
      .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex?: string, one?: string) =>
        hex === undefined ? (ESCAPES[one ?? ''] ?? one ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
      );
  };

  function value(): Json {
    space();
    if (take(/\{/) !== undefined) {
      const members: [string, Json][] = [];
      for (space(); take(/\}/) === undefined; space()) {
        const name = string() ?? take(/[\w$]+/);
        space();
        if (name === undefined || take(/:/) === undefined) throw new SyntaxError();
        members.push([name, value()]);
        space();
        take(/,/);
      }
      return { members };
    }
    if (take(/\[/) !== undefined) {
      const elements: Json[] = [];
      for (space(); take(/\]/) === undefined; space()) {
        elements.push(value());
        space();
        take(/,/);
      }
      return elements;
    }
    const text = string();
    if (text !== undefined) return text;
    const word = take(/[-+\w.]+/);
    if (word === undefined) throw new SyntaxError();
    return word === 'null' ? null : word === 'true' || word === 'false' ? word === 'true' : Number(word);
  }

  try {
    const documents: Json[] = [];
    for (space(); at < text.length; space()) documents.push(value());
    return documents;
  } catch {
    return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
