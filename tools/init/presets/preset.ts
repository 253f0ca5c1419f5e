import type { JwksProviderDocument } from '../../../lambda/core/config/providers-schema.ts';
import type { Answers } from '../answers.ts';

/** What is known about an identity provider. Each section of docs/identity-providers.md describes one. */
export interface Preset {
  /** Used in `--provider NAME`, and as the name of the provider if it is not the default one. */
  readonly name: string;
  /** Heading of its section in docs/identity-providers.md; undefined for an issuer that has none. */
  readonly section: string | undefined;
  /** Matches its issuers as a whole. Issuers of a server that anybody can run are recognized only by `--provider`. */
  readonly issuer: RegExp;
  /** Set to spiffe if its tokens are JWT-SVIDs of the trust domain that the issuer names; jwks by default. */
  readonly type?: 'spiffe';
  /** What the provider's entry has besides issuer, audience, key set URL and the rules from answers. */
  readonly provider?: Omit<JwksProviderDocument, 'type' | 'issuer' | 'audience' | 'jwksUri' | 'jwks'>;
  /** Where the keys are if discovery does not help; null if only the operator knows. */
  readonly jwksUri?: ((issuer: string) => string) | null;
  /** Whether one policy may list several of its issuers. */
  readonly several?: boolean;
  readonly audience: AudienceQuestion;
  readonly claims: readonly AskedClaim[];
  /** Undefined if its tokens have no scopes. */
  readonly scopes?: ScopesQuestion;
  readonly token: TokenSource;
  /** The answers that the document shows. */
  readonly example: Answers;
}

export interface AudienceQuestion {
  /** What it is, as a noun: it completes "Audience: …". */
  readonly what: string;
  /** What is wrong with a value, as far as the provider's tokens are known; undefined if nothing is. */
  readonly fault?: (value: string) => string | undefined;
  /** The answer, if the issuer implies it. */
  readonly from?: (issuer: string) => string | undefined;
}

export interface ScopesQuestion {
  /** See AskedClaim. */
  readonly need?: string;
}

/** A claim that says who may call, and whose value only the operator knows. */
export interface AskedClaim {
  /** In `--claim NAME=VALUE`. A `*` at the end is any name, such as that of a tag. */
  readonly name: string;
  /** JSON Pointer (RFC 6901), if the claim is not at the top level under that name. */
  readonly pointer?: string;
  /** Whose rule it becomes: the provider's `requiredClaims`, or each route's `claims`. */
  readonly of: 'provider' | 'route';
  /** How one value is compared. Several always become "anyOf". */
  readonly rule: 'equals' | 'anyOf' | 'contains';
  /** What the value is, as a noun. */
  readonly what: string;
  /** What the answer decides, as a noun. At least one of the claims with the same need must be given; optional without one. */
  readonly need?: string;
  /** The values if none are given. */
  readonly otherwise?: readonly string[];
}

/** How a caller gets a token. */
export type TokenSource =
  /** RFC 6749 §4.4, at the token endpoint that discovery names or at this one. */
  | {
      readonly kind: 'client-credentials';
      /** How clients authenticate, if that is known better than from discovery. */
      readonly method?: 'client_secret_post';
      readonly form?: (answers: Answers) => Readonly<Record<string, string>>;
      readonly endpoint?: (issuer: string) => string;
      /** A publicly known client. */
      readonly client?: { readonly id: string; readonly secret: string };
    }
  /** A command that sets TOKEN. */
  | { readonly kind: 'shell'; readonly title: string; readonly command: (answers: Answers) => string }
  /** Nothing that a shell can do. */
  | { readonly kind: 'words'; readonly text: (answers: Answers) => string };
