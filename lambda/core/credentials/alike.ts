/**
 * The same text for names of cookies or query parameters that some server takes for one: ASP.NET compares them without
 * case, PHP makes `_` of what is no letter, drops white space before and takes `name[…]` for a list under the name, and
 * several decode the names of cookies as well (CVE-2020-7070, CVE-2022-31629).
 */
export const alike = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/(?!^)\[.*$/s, '')
    .replaceAll(/[^a-z0-9]/g, '_');

/** A text whose escapes are decoded; null where they are malformed. */
export function unescaped(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
