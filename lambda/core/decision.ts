import type { Trace } from './attempt.ts';
import type { ChallengeParameters } from './challenge.ts';
import type { Code } from './codes.ts';
import type { HeaderList } from './http/message.ts';
import type { Identity } from './identity.ts';
import type { Place } from './credentials/place.ts';
import type { PublishedDocument } from './resources/document.ts';
import type { TakenRoute } from './routes/route.ts';

/** The caller's fault. */
export interface Rejection {
  readonly kind: 'reject';
  readonly code: Code;
  /** For the log only. */
  readonly reason: string;
  readonly trace?: Trace;
  /** What the challenge says, for a code that has one. */
  readonly challenge?: ChallengeParameters;
  /** The methods that are allowed, with `method_not_allowed`. */
  readonly allow?: string;
}

/** Not the caller's fault: something that the decision needs is unavailable. */
export interface Unavailability {
  readonly kind: 'unavailable';
  readonly code: 'keys_unavailable' | 'config_unavailable';
  readonly reason: string;
  readonly retryAfterSeconds: number;
  readonly trace?: Trace;
}

/** A CORS preflight from a listed origin. The function itself responds to it, and no route is consulted. */
export interface Preflight {
  readonly kind: 'preflight';
  readonly route?: never;
  readonly trace?: never;
}

/** A document that the function itself serves, to anybody. No provider is consulted. */
export interface Publication {
  readonly kind: 'document';
  readonly route: TakenRoute;
  readonly document: PublishedDocument;
  readonly trace?: never;
}

/** A decision to respond directly, without an upstream. An authorizer never makes one. */
export type DirectResponse = Preflight | Publication;

/** What becomes of a request. Expected outcomes are values; an exception is a bug. */
export type Decision =
  | {
      readonly kind: 'allow';
      readonly route: TakenRoute;
      /** Undefined for an anonymous request, where the route allows it. */
      readonly identity: Identity | undefined;
      /** The identity as header fields for the upstream; empty for an anonymous request. */
      readonly identityFields: HeaderList;
      /** Where the request carried the verified credential, if there was one. */
      readonly place: Place | undefined;
      readonly trace?: Trace;
    }
  /** A dry run: the request is forwarded without an identity, and the rejection is only reported. */
  | { readonly kind: 'report'; readonly route: TakenRoute; readonly rejection: Rejection | Unavailability }
  | (Rejection & { readonly route?: TakenRoute })
  | (Unavailability & { readonly route?: TakenRoute });
