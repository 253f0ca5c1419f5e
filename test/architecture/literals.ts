/** Replaces an expression in a template. */
export const EXPRESSION = '\0';

const QUOTES = /['"`]/;
/** After one of these a slash begins a regular expression. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};>]|\breturn)\s*$/;

/** The texts of a source's strings and templates, with one character for each expression in a template. */
export function literalsIn(source: string): string[] {
  const found: string[] = [];
  let at = 0;
  code(false);
  return found;

  function code(nested: boolean): void {
    let before = '';
    for (let depth = 0; at < source.length; ) {
      const rest = source.slice(at, at + 2);
      const character = source.charAt(at);
      if (rest === '//') at = endOf('\n');
      else if (rest === '/*') at = endOf('*/');
      else if (QUOTES.test(character)) {
        text(character);
        before = 'x';
      } else if (character === '/' && BEFORE_REGEX.test(before)) {
        regex();
        before = 'x';
      } else {
        if (character === '{') depth += 1;
        if (character === '}') depth -= 1;
        at += 1;
        if (nested && depth < 0) return;
        before = (before + character).slice(-20);
      }
    }
  }

  function endOf(mark: string): number {
    const end = source.indexOf(mark, at + 2);
    return end < 0 ? source.length : end + mark.length;
  }

  function text(quote: string): void {
    let value = '';
    for (at += 1; source.charAt(at) !== quote; ) {
      if (at >= source.length) throw new Error('a literal without an end');
      if (source.charAt(at) === '\\') {
        value += source.charAt(at + 1);
        at += 2;
      } else if (quote === '`' && source.startsWith('${', at)) {
        at += 2;
        code(true);
        value += EXPRESSION;
      } else {
        value += source.charAt(at);
        at += 1;
      }
    }
    at += 1;
    found.push(value);
  }

  function regex(): void {
    for (let inClass = false; ; at += 1) {
      const character = source.charAt(at + 1);
      if (character === '\\') at += 1;
      else if (character === '[') inClass = true;
      else if (character === ']') inClass = false;
      else if (character === '/' && !inClass) break;
      if (at >= source.length) throw new Error('a regular expression without an end');
    }
    at += 2;
  }
}
