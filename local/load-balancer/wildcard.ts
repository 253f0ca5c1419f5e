/**
 * Compiles an ALB pattern: `*` is any run of characters, `?` exactly one, and a backslash takes the next
 * character literally.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function compileWildcard(pattern: string, caseSensitive: boolean): RegExp {
  const source = pattern.replace(/\\([*?\\])|[\s\S]/g, (character, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (character === '*') return '.*';
    if (character === '?') return '.';
    return character.replace(/[.+^${}()|[\]\\/]/, '\\$&');
  });
  return new RegExp(`^${source}$`, caseSensitive ? 's' : 'is');
}
