import type { Code } from './codes.ts';
import type { Identity } from './identity.ts';

/** What becomes of a request. Expected outcomes are values; an exception is a bug. */
export type Decision =
  | { readonly kind: 'allow'; readonly identity: Identity }
  | { readonly kind: 'reject'; readonly code: Code; readonly reason: string; readonly provider?: string }
  /** Not the caller's fault: what is needed to decide is not to be had. */
  | {
      readonly kind: 'unavailable';
      readonly code: 'keys_unavailable' | 'config_unavailable';
      readonly reason: string;
      readonly retryAfterSeconds: number;
      readonly provider?: string;
    };
