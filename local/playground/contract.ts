import type { CheckedParameters } from '../../tools/check-config/check.ts';
import type { DecodedToken } from '../../tools/explain/decoded-token.ts';
import type { Explanation } from '../../tools/explain/explain.ts';
import type { CodeMeaning } from '../../tools/explain/logged-request.ts';
import type { PathReading } from '../../tools/path-readings.ts';
import type { Received } from './received-requests.ts';

/** What the page and its server send each other. Strings that a client or an upstream wrote are shown as text, never as HTML. */

/** A header field, with its letter case. */
export type Field = readonly [name: string, value: string];

export interface Parameter {
  /** The last part of its name. */
  readonly name: string;
  readonly fullName: string;
  readonly description: string;
  readonly value: string;
  readonly version: number;
}

/** The stack as it is now: the answer to `GET stack`. */
export interface StackState {
  readonly loadBalancer: string;
  readonly api: string | undefined;
  /** The stack's own; undefined where another issuer's tokens are accepted. */
  readonly authorizationServer: string | undefined;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** A path that the listener takes, and the Host if it asks for one. */
  readonly example: { readonly path: string; readonly host: string | undefined };
  readonly parameters: readonly Parameter[];
  /** Whether the stack has an upstream of its own, which tells what it received. */
  readonly upstreamTells: boolean;
  readonly outage: boolean;
}

/** `POST token`: what the token should have. Answered with an `IssuedToken`. */
export interface TokenRequest {
  readonly scope: string;
  readonly audience: string;
  /** Seconds; negative for a token that has expired already. */
  readonly lifetime: number;
}
export interface IssuedToken {
  readonly token: string;
}

/** `POST decode`, answered with a `DecodedToken`. */
export interface DecodeRequest {
  readonly token: string;
}

/** `POST check`: values by the names of the parameters, answered with `Checked`. */
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

/** A new version of a parameter, whoever put it. */
export interface Change {
  readonly name: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly putAt: number;
  /** When a decision of the function was first seen to use it; undefined until then. */
  readonly inForceAt: number | undefined;
}

/** `GET changes`: what may have changed without the page, after a look at the versions that the function uses. */
export interface Changes {
  /** Newest first. */
  readonly changes: readonly Change[];
  readonly outage: boolean;
  /** When the stack was started; another time is another stack. Milliseconds since the epoch, as is the next. */
  readonly startedAt: number;
  readonly now: number;
}

/** A request to be sent: `POST send`. */
export interface SendRequest {
  readonly through: 'load-balancer' | 'api';
  readonly method: string;
  /** Path and query, sent byte for byte. */
  readonly target: string;
  readonly headers: readonly Field[];
  readonly body: string;
  /** Empty for none. */
  readonly token: string;
  /** Where the token goes, in the words of `explain --carrier`. */
  readonly carrier: string;
}

/** `POST curl`: a request to be written down. Answered with a `CurlCommand`. */
export interface CurlRequest extends SendRequest {
  /** Whether the token is in the command, or the variable `TOKEN` of the shell in its place. */
  readonly withToken: boolean;
}
export interface CurlCommand {
  readonly command: string;
}

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly Field[];
  /** Text, or base64 where it is none. */
  readonly body: string;
  readonly bodyEncoding: 'utf8' | 'base64';
  /** Whether the body was longer than what is here. */
  readonly cut: boolean;
  readonly milliseconds: number;
}

/** What the function's log says of a request. */
export interface Logged {
  /** The line that has the decision. */
  readonly line: Readonly<Record<string, unknown>>;
  readonly meaning: CodeMeaning | undefined;
  /** Versions of the parameters that were in force, by name. */
  readonly versions: Readonly<Record<string, number>>;
  /** Further lines of the invocation. */
  readonly further: readonly string[];
}

/** The stages that `explain` finds with the values that were in force, or the problems of values that are not valid. */
export type Explained =
  | {
      readonly kind: 'explained';
      readonly explanation: Explanation;
      readonly readings: readonly PathReading[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Everything there is to see about a request. */
export interface Sent {
  /** The request line and the fields that were sent. */
  readonly request: { readonly method: string; readonly target: string; readonly headers: readonly Field[] };
  readonly answer: Answer;
  /** Undefined where the answer has none, because the load balancer made it. */
  readonly requestId: string | undefined;
  /** Undefined where the function wrote no line about it. */
  readonly logged: Logged | undefined;
  readonly explained: Explained;
  /** What the function decided and what explain says, where these differ. */
  readonly difference: { readonly decided: string; readonly explained: string } | undefined;
  /** The request as the stack's upstream got it; undefined where it got none. */
  readonly received: Received | undefined;
}

/** Why the server refused a call. */
export interface Refusal {
  readonly error: string;
}

export type { DecodedToken };
