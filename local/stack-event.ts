import type { IncomingMessage, ServerResponse } from 'node:http';

/** A part of the stack. */
export type Part = 'alb' | 'api' | 'auth' | 'keeper' | 'lambda' | 's3' | 'signer' | 'ssm' | 'upstream';

/** A request to which a part has responded. Method and path are as the client sent them: escape them before printing. */
export interface ServedRequest {
  readonly method: string;
  /** Without the query, which may carry a credential. */
  readonly path: string;
  readonly status: number;
  /** How long the response took, in milliseconds, where the part measures it. */
  readonly ms?: number | undefined;
  /** Id of the invocation that decided, as in the function's log lines; undefined if the part responded on its own. */
  readonly invocationId?: string | undefined;
  /** Why the function gave no response, or an unusable one. */
  readonly failure?: string | undefined;
}

/** The request behind a response that has been sent. */
export const servedBy = (
  { method = '', url = '' }: IncomingMessage,
  { statusCode }: ServerResponse,
): ServedRequest => ({ method, path: url.split('?', 1)[0] ?? '', status: statusCode });

/** A parameter that was put, or deleted if it has no value. */
export interface ChangedParameter {
  readonly name: string;
  readonly value: string | undefined;
  /** Its version; undefined if it was deleted. */
  readonly version: number | undefined;
}

/** Something that happened, as data: the code that shows it chooses what a person sees, and the words. */
export type Happening =
  /** A line that a function has written. */
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'request'; readonly request: ServedRequest }
  | { readonly kind: 'parameter'; readonly parameter: ChangedParameter }
  /** Something has failed, or works again. */
  | { readonly kind: 'news'; readonly text: string }
  /** A detail for people who look into a part. */
  | { readonly kind: 'note'; readonly text: string };

export type StackEvent = Happening & { readonly part: Part };

/** An event as one line of a log. Escape it before printing. */
export function textOf(event: StackEvent): string {
  switch (event.kind) {
    case 'request': {
      const { method, path, status, ms, failure } = event.request;
      return [`${method} ${path} ${status}`, ms === undefined ? [] : `${Math.round(ms)} ms`, failure ?? []]
        .flat()
        .join(' ');
    }
    case 'parameter': {
      const { name, value } = event.parameter;
      return value === undefined ? `${name} deleted` : `${name} = ${value}`;
    }
    default:
      return event.text;
  }
}
