/** Longest SPIFFE ID, in bytes: https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md §2.3. */
const MAX_LENGTH = 2048;

/** §2.1 and §2.2: a lower-case trust domain, and a path of non-empty segments without escapes. */
const WORKLOAD = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)+)$/;

export const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/;

/** The trust domain of a workload's SPIFFE ID; undefined for anything else. */
export function trustDomainOf(id: unknown): string | undefined {
  if (typeof id !== 'string' || id.length > MAX_LENGTH) return undefined;
  const [, trustDomain, path] = WORKLOAD.exec(id) ?? [];
  return path === undefined || /\/\.\.?(?:\/|$)/.test(path) ? undefined : trustDomain;
}
