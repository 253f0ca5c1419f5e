import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import type { FetchDocument } from '../../lambda/io/fetch-document.ts';

/** What is to be explained: a token, the request that carries it, and the configuration that decides. */
export interface ExplainInput {
  /** The token as it was given. */
  readonly pasted: string;
  readonly request: Omit<HttpRequest, 'body'>;
  /** Where the token is sent, as an argument names it; undefined for where the route looks first. */
  readonly carrier: string | undefined;
  readonly config: Config;
  readonly policy: PolicyDocument;
  readonly fetchDocument: FetchDocument;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly timeZone: string;
}
