/** The words of a command as its shell would pass them. */
export interface ShellWords {
  readonly words: readonly ShellWord[];
  /** Whether all quotes are closed. If not, these are the words up to the open one. */
  readonly isWhole: boolean;
}

export interface ShellWord {
  readonly text: string;
  /** Whether the shell would have replaced something in it, such as `$TOKEN`, with a value that only it knows. */
  readonly expands: boolean;
}

/** Words of bash, zsh and the like, up to the end of the command: a `|`, `;`, `&`, `<`, `>`, or a line that does not continue it. */
export function splitBash(command: string): ShellWords {
  const words: ShellWord[] = [];
  let text: string | undefined;
  let expands = false;
  const add = (piece: string): void => {
    text = (text ?? '') + piece;
  };
  const end = (): void => {
    if (text !== undefined) words.push({ text, expands });
    text = undefined;
    expands = false;
  };
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const sticky = new RegExp(pattern.source, 'sy');
    sticky.lastIndex = at;
    const match = sticky.exec(command) ?? undefined;
    if (match !== undefined) at = sticky.lastIndex;
    return match;
  };
  while (at < command.length) {
    // A backslash, or PowerShell's backtick, before the end of a line.
    if (take(/[\\`]\r?\n/) !== undefined) continue;
    const blanks = take(/\s+/);
    if (blanks !== undefined) {
      end();
      // If the backslash before it was lost, what follows is still an argument.
      if (blanks[0].includes('\n') && !/^(?:-|\$?["']|https?:)/.test(command.slice(at))) break;
      continue;
    }
    if (take(/\d?[|;&<>]/) !== undefined) break;
    const quoted = take(/'([^']*)'/);
    if (quoted !== undefined) {
      add(quoted[1] ?? '');
      continue;
    }
    const ansi = take(/\$'((?:[^'\\]|\\.)*)'/);
    if (ansi !== undefined) {
      add(unescapeAnsi(ansi[1] ?? ''));
      continue;
    }
    const double = take(/\$?"((?:[^"\\]|\\.)*)"/);
    if (double !== undefined) {
      const inner = double[1] ?? '';
      expands ||= isExpanded(inner);
      add(inner.replace(/\\\r?\n/g, '').replace(/\\([$"\\`])/g, '$1'));
      continue;
    }
    if (/^\$?["']/.test(command.slice(at, at + 2))) {
      expands ||= /^\$?"/.test(command.slice(at, at + 2)) && isExpanded(command.slice(at));
      end();
      return { words, isWhole: false };
    }
    const escaped = take(/\\(.)/);
    if (escaped !== undefined) {
      add(escaped[1] ?? '');
      continue;
    }
    // A dollar sign before a quote belongs to it.
    const [plain = ''] = take(/(?:[^\s'"\\|;&<>`$]|\$(?!["']))+|[\\`]/) ?? [];
    expands ||= isExpanded(plain) || plain === '`';
    add(plain);
  }
  end();
  return { words, isWhole: true };
}

/** For a text without quotes, or in double quotes. */
const isExpanded = (text: string): boolean => /(?<!\\)(?:\\\\)*(?:\$(?:[A-Za-z_{(])|`)/.test(text);

const ANSI: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html */
const unescapeAnsi = (text: string): string =>
  text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))/gs,
    (whole, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) {
        const point = Number.parseInt(hex, 16);
        return point > 0x10ffff ? whole : String.fromCodePoint(point);
      }
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return other === undefined ? whole : (ANSI[other] ?? other);
    },
  );

/** Words of Windows' cmd, which removes the carets. Then the program's runtime splits at blanks and quotes. */
export function splitCmd(command: string): ShellWords {
  const line = lineOfCmd(command);
  const words: ShellWord[] = [];
  let text: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const [slashes = ''] = /^\\*/.exec(line.slice(at)) ?? [];
    const after = line[at + slashes.length];
    if (slashes !== '' && after === '"') {
      // https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
      text = (text ?? '') + '\\'.repeat(Math.floor(slashes.length / 2));
      at += slashes.length;
      if (slashes.length % 2 === 1) text += '"';
      else quoted = !quoted;
    } else if (slashes !== '') {
      text = (text ?? '') + halved(slashes);
      at += slashes.length - 1;
    } else if (after === '"') {
      if (quoted && line[at + 1] === '"') {
        text = `${text ?? ''}"`;
        at += 1;
      } else {
        quoted = !quoted;
        text ??= '';
      }
    } else if (!quoted && after !== undefined && /\s/.test(after)) {
      if (text !== undefined) words.push({ text, expands: false });
      text = undefined;
    } else text = (text ?? '') + (after ?? '');
  }
  if (text !== undefined) words.push({ text, expands: false });
  return { words, isWhole: !quoted };
}

/** Browsers double each backslash, although the runtime would take a single one literally. */
const halved = (slashes: string): string => '\\'.repeat(Math.ceil(slashes.length / 2));

/** A command as cmd passes it on: without carets, and up to its end. */
function lineOfCmd(command: string): string {
  let line = '';
  let quoted = false;
  for (const [part, lineEnd, second, escaped] of command.matchAll(
    /\^(\r?\n)(\r?\n)?|\^([\s\S])|"|[^"^]+|\^$/g,
  )) {
    if (part === '"') quoted = !quoted;
    if (quoted || part === '"') line += part;
    else if (lineEnd !== undefined) line += second === undefined ? ' ' : '\n';
    else if (part.startsWith('^')) line += escaped ?? '';
    else {
      const end = part.search(/[&|<>\n]/);
      if (end !== -1) return line + part.slice(0, end);
      line += part;
    }
  }
  return line;
}
