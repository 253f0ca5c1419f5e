/** A member of a JSON document's outermost object. */
export interface Member {
  readonly name: string;
  /** Line of its name, from 1. */
  readonly line: number;
}

/** Strings, brackets and separators; nothing else in a JSON text matters here. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The members of the outermost object in order, including duplicates. The text must be JSON. */
export function membersOf(text: string): readonly Member[] {
  const members: Member[] = [];
  let depth = 0;
  let isName = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && isName && token.startsWith('"')) {
      members.push({ name: String(JSON.parse(token)), line: text.slice(0, index).split('\n').length });
    }
    isName = depth === 1 && (token === '{' || token === ',');
  }
  return members;
}
