/**
 * Follows redirects with cookies, as a browser would, up to the one that leads to the given address.
 *
 * @returns that address with its query
 * @throws if a response on the way is not a redirect
 */
export async function followRedirects(start: URL, until: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = start;
  while (!at.href.startsWith(until)) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const next = response.headers.get('location');
    if (next === null) throw new Error(`${at.href} returned ${response.status}: ${await response.text()}`);
    at = new URL(next, at);
  }
  return at;
}
