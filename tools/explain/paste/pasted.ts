import type { HeaderList } from '../../../lambda/core/http/message.ts';

/** The members of a token response (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3) that are tokens. */
export const TOKEN_NAMES = ['access_token', 'id_token', 'refresh_token'] as const;
export type TokenName = (typeof TOKEN_NAMES)[number];

/** What somebody had on the clipboard. `notes` say how it was read, and repeat nothing secret. */
export type Pasted = { readonly notes: readonly string[] } & (
  | { readonly kind: 'empty' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'response'; readonly tokens: Readonly<Partial<Record<TokenName, string>>> }
  | { readonly kind: 'request'; readonly request: PastedRequest }
  | { readonly kind: 'unreadable'; readonly problem: string }
);

/** As far as it was pasted. A header line alone has neither method nor path. */
export interface PastedRequest {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly query?: string | undefined;
  readonly headers: HeaderList;
  readonly body?: Uint8Array | undefined;
}

/** What was pasted cannot be understood. The message says why and what to do, in one line without secrets. */
export class UnreadablePaste extends Error {
  override readonly name = 'UnreadablePaste';
}
