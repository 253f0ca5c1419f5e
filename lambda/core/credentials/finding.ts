/** What one place of a request holds. */
export type Finding =
  | { readonly kind: 'none' }
  /** A token; nobody has looked at it yet. */
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'ambiguous'; readonly reason: string };

export const NONE: Finding = { kind: 'none' };
