import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import type { FetchDocument } from '../../lambda/io/fetch-document.ts';
import type { FrontDoor } from './listener-step.ts';
import type { TokenName } from './paste/pasted.ts';

/** What to explain: a token, the request that carries it, and the configuration that decides. */
export interface ExplainInput {
  /**
   * What somebody had on the clipboard: a token, header lines, a `curl` command, a token response. Undefined if `request` is
   * the whole of it, credentials included, which is then explained exactly as it is.
   */
  readonly pasted: string | undefined;
  /** Which token of a response to take. Default: the access token, or else the ID token. */
  readonly take?: TokenName | undefined;
  /** Overrides what was pasted. The default is `GET /api/`. */
  readonly request?: GivenRequest | undefined;
  /** Where the token is sent, as an argument names it. By default where it was pasted, or else where the route looks first. */
  readonly carrier?: string | undefined;
  /** What lies in front of the function; undefined to leave it out of the decision. */
  readonly frontDoor?: FrontDoor | undefined;
  readonly config: Config;
  readonly policy: PolicyDocument;
  readonly fetchDocument: FetchDocument;
  /** Fetches nothing. Whether a signature is valid stays open, unless the policy itself has the keys. */
  readonly offline?: boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly timeZone: string;
}

export type GivenRequest = Partial<HttpRequest>;
