/** What was found in one place of a request. */
export type Finding =
  | { readonly kind: 'none' }
  /** A token that is not even decoded yet. */
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'ambiguous'; readonly reason: string };

export const NONE: Finding = { kind: 'none' };
