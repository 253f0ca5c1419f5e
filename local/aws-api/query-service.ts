import type { XmlElements } from './xml.ts';

/** The fields of a request's form. */
export type QueryParameters = Readonly<Record<string, string | undefined>>;

export type QueryResult =
  | { readonly ok: true; readonly output: XmlElements }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** An AWS API that takes forms and responds in XML. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export interface QueryService {
  /** Identifies the API: what clients send in `Version`. */
  readonly version: string;
  readonly execute: (action: string, parameters: QueryParameters) => QueryResult;
}
