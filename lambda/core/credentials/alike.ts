/**
 * Maps names of cookies or query parameters to the same text if some server treats them as one: ASP.NET ignores case;
 * PHP turns anything but letters and digits into `_`, drops leading white space, and takes `name[…]` for a list under
 * the name; several decode the names of cookies as well (CVE-2020-7070, CVE-2022-31629).
 */
export const alike = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/(?!^)\[.*$/s, '')
    .replaceAll(/[^a-z0-9]/g, '_');

/** The text with its escapes decoded; null if one is malformed. */
export function unescaped(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
