import type { CheckedParameters } from '../../tools/check-config/check.ts';
import type { DecodedToken } from '../../tools/explain/decoded-token.ts';
import type { Explanation } from '../../tools/explain/explain.ts';
import type { CodeMeaning } from '../../tools/explain/logged-request.ts';
import type { PathReading } from '../../tools/path-readings.ts';
import type { Received } from './received-requests.ts';

/** The messages between the page and its server. The page shows strings from clients and upstreams as text, never as HTML. */

/** A header field, with its letter case. */
export type Field = readonly [name: string, value: string];

export interface Parameter {
  /** The last segment of the full name. */
  readonly name: string;
  readonly fullName: string;
  readonly description: string;
  readonly value: string;
  readonly version: number;
}

/** The stack as it is now: the response to `GET stack`. */
export interface StackState {
  readonly loadBalancer: string;
  readonly api: string | undefined;
  /** The stack's own; undefined if the stack accepts another issuer's tokens. */
  readonly authorizationServer: string | undefined;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** A path that a listener rule matches, and a Host if the rule needs one. */
  readonly example: { readonly path: string; readonly host: string | undefined };
  readonly parameters: readonly Parameter[];
  /** Whether the upstream is the stack's own, so that the page can show what it received. */
  readonly upstreamTells: boolean;
  readonly outage: boolean;
}

/** `POST token`: what the token should contain. The response is an `IssuedToken`. */
export interface TokenRequest {
  readonly scope: string;
  readonly audience: string;
  /** Seconds; negative for a token that has already expired. */
  readonly lifetime: number;
}
export interface IssuedToken {
  readonly token: string;
}

/** `POST decode`. The response is a `DecodedToken`. */
export interface DecodeRequest {
  readonly token: string;
}

/** `POST check`: values by the names of the parameters. The response is a `Checked`. */
export interface CheckRequest {
  readonly values: Readonly<Record<string, string>>;
}
export type Checked = Pick<CheckedParameters, 'problems' | 'warnings'>;

/** `POST parameter`: puts a value. */
export interface PutRequest {
  readonly name: string;
  readonly value: string;
}
export interface Put {
  readonly version: number;
}

/** `POST outage` of the authorization server. */
export interface OutageRequest {
  readonly on: boolean;
}

/** A new version of a parameter, put by the page or by anybody else. */
export interface Change {
  readonly name: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly putAt: number;
  /** When a decision of the function first used it; undefined until then. */
  readonly inForceAt: number | undefined;
}

/** `GET changes`: what may have changed without the page. The server first checks which versions the function uses. */
export interface Changes {
  /** Newest first. */
  readonly changes: readonly Change[];
  readonly outage: boolean;
  /** When the stack started; another value means another stack. Milliseconds since the epoch, like `now`. */
  readonly startedAt: number;
  readonly now: number;
}

/** `POST send`: a request to send. */
export interface SendRequest {
  readonly through: 'load-balancer' | 'api';
  readonly method: string;
  /** Path and query, sent byte for byte. */
  readonly target: string;
  readonly headers: readonly Field[];
  readonly body: string;
  /** Empty for no token. */
  readonly token: string;
  /** Where the token goes, in the words of `explain --carrier`. */
  readonly carrier: string;
}

/** `POST curl`: a request to write as a command. The response is a `CurlCommand`. */
export interface CurlRequest extends SendRequest {
  /** Whether the command contains the token; otherwise it uses the shell variable `TOKEN`. */
  readonly withToken: boolean;
}
export interface CurlCommand {
  readonly command: string;
}

/** A response as it arrived. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly Field[];
  /** As text if it is UTF-8, otherwise in base64. */
  readonly body: string;
  readonly bodyEncoding: 'utf8' | 'base64';
  /** Whether the body was longer than this. */
  readonly cut: boolean;
  readonly milliseconds: number;
}

/** What the function's log says about a request. */
export interface Logged {
  /** The line with the decision. */
  readonly line: Readonly<Record<string, unknown>>;
  readonly meaning: CodeMeaning | undefined;
  /** Versions of the parameters that were in force, by name. */
  readonly versions: Readonly<Record<string, number>>;
  /** The invocation's other lines. */
  readonly further: readonly string[];
}

/** The stages that `explain` finds with the parameter values in force, or the problems of invalid values. */
export type Explained =
  | {
      readonly kind: 'explained';
      readonly explanation: Explanation;
      readonly readings: readonly PathReading[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Everything that the page shows about a request. */
export interface Sent {
  /** The request line and the header fields that were sent. */
  readonly request: { readonly method: string; readonly target: string; readonly headers: readonly Field[] };
  readonly answer: ReceivedResponse;
  /** Undefined if the load balancer responded on its own. */
  readonly requestId: string | undefined;
  /** Undefined if the function logged no decision. */
  readonly logged: Logged | undefined;
  readonly explained: Explained;
  /** The function's decision and explain's, if they differ. */
  readonly difference: { readonly decided: string; readonly explained: string } | undefined;
  /** The request as the stack's upstream received it; undefined if it received none. */
  readonly received: Received | undefined;
}

/** Why the server rejected a call. */
export interface CallRejection {
  readonly error: string;
}

export type { DecodedToken };
