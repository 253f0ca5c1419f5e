/** The names of a JSON object's members, and of the members of its `params`, in order and including repetitions. */
export interface MemberNames {
  readonly own: readonly string[];
  readonly params: readonly string[];
}

/** More members at one level than any message has. The search stops there. */
const MAX_NAMES = 100;

/**
 * Finds the names that JSON.parse drops: of equal ones it keeps the last. JSON.parse must accept `text` as an object,
 * so a string is a name exactly where a colon follows. Undefined if there are too many names.
 */
export function memberNames(text: string): MemberNames | undefined {
  const own: string[] = [];
  const params: string[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '"') {
      const end = endOfString(text, at);
      const names = depth === 1 ? own : depth === 2 && own.at(-1) === 'params' ? params : undefined;
      if (names !== undefined && isFollowedByColon(text, end + 1)) {
        if (names.length === MAX_NAMES) return undefined;
        names.push(JSON.parse(text.slice(at, end + 1)) as string);
      }
      at = end;
    }
  }
  return { own, params };
}

/** The end of the string that begins at a quote. */
function endOfString(text: string, start: number): number {
  let end = start;
  do end = text.indexOf('"', end + 1);
  while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charAt(at - 1 - backslashes) === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1;
  return text.charAt(at) === ':';
}
