/** Whether a message matches a pattern. */
export type Matches = (message: string) => boolean;

type Condition = (event: Readonly<Record<string, unknown>>) => boolean;

/** The longest pattern that the service accepts, in characters. */
const MAX_PATTERN = 1024;

/**
 * Parses the filter patterns that find the lines of a request: terms, which must all be in the message, and
 * conditions on members of a JSON message (`{ ($.requestId = "x") || ($.code != "y*") }`). Undefined for any other form.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): Matches | undefined {
  if (pattern.length > MAX_PATTERN) return undefined;
  const text = pattern.trim();
  const [, json] = /^\{(.*)\}$/s.exec(text) ?? [];
  if (json === undefined) return parseTerms(text);
  const condition = parseCondition(json);
  return condition && ((message) => ofObject(message, condition));
}

function parseTerms(text: string): Matches | undefined {
  const terms = text.match(/"[^"]*"|[\w.:/-]+|\S/g) ?? [];
  if (terms.some((term) => term.length === 1 && !/\w/.test(term))) return undefined;
  const wanted = terms.map((term) => term.replace(/^"(.*)"$/s, '$1'));
  return (message) => wanted.every((term) => message.includes(term));
}

const TOKEN = /\s*(?:(\$(?:\.\w+)+)|("(?:[^"\\]|\\.)*")|(&&|\|\||!=|=|[()])|([\w.*:-]+))/y;

/** Parses from left to right; `&&` binds tighter than `||`. */
function parseCondition(text: string): Condition | undefined {
  const tokens: string[] = [];
  const reader = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (reader.lastIndex < end) {
    const [token] = reader.exec(text) ?? [];
    if (token === undefined) return undefined;
    tokens.push(token.trim());
  }
  let at = 0;
  const take = (token: string): boolean => tokens[at] === token && at++ >= 0;

  function joined(operator: '||' | '&&', part: () => Condition | undefined): Condition | undefined {
    const parts: Condition[] = [];
    do {
      const condition = part();
      if (condition === undefined) return undefined;
      parts.push(condition);
    } while (take(operator));
    return operator === '||'
      ? (event) => parts.some((holds) => holds(event))
      : (event) => parts.every((holds) => holds(event));
  }
  function single(): Condition | undefined {
    if (take('(')) {
      const inner = any();
      return take(')') ? inner : undefined;
    }
    const [selector = '', operator, operand] = tokens.slice(at, at + 3);
    at += 3;
    if (!selector.startsWith('$.') || operand === undefined) return undefined;
    if (operator !== '=' && operator !== '!=') return undefined;
    const equals = equalTo(operand);
    const names = selector.slice(2).split('.');
    return (event) => {
      const value = names.reduce<unknown>((object, name) => memberOf(object, name), event);
      return value !== undefined && equals(value) === (operator === '=');
    };
  }
  const all = () => joined('&&', single);
  const any = (): Condition | undefined => joined('||', all);

  const condition = any();
  return at === tokens.length ? condition : undefined;
}

/** An asterisk in a text matches anything. */
function equalTo(operand: string): (value: unknown) => boolean {
  const text = operand.startsWith('"') ? operand.slice(1, -1).replaceAll(/\\(.)/g, '$1') : operand;
  const [first = '', ...parts] = text.split('*');
  const last = parts.pop();
  if (last === undefined) return (value) => String(value) === first;
  return (value) => {
    const whole = String(value);
    if (!whole.startsWith(first)) return false;
    let at = first.length;
    for (const part of parts) {
      const found = whole.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return whole.length - last.length >= at && whole.endsWith(last);
  };
}

const memberOf = (object: unknown, name: string): unknown =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? (object as Record<string, unknown>)[name]
    : undefined;

function ofObject(message: string, condition: Condition): boolean {
  // Most lines do not match: avoid the cost of an exception for lines that are not JSON.
  if (!message.startsWith('{')) return false;
  try {
    const event: unknown = JSON.parse(message);
    return typeof event === 'object' && event !== null && condition(event as Record<string, unknown>);
  } catch {
    return false;
  }
}
