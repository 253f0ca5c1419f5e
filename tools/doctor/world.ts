import type { FetchDocument } from '../../lambda/io/fetch-document.ts';
import type { ClientResponse } from '../../lambda/io/http-client.ts';
import type { Call } from '../deployment/front-doors.ts';
import type { Place } from '../deployment/place.ts';
import type { AwsReads } from './aws-reads.ts';

/** Everything outside that checks look at. They change nothing. */
export interface World {
  readonly place: Place;
  /** Where to send the call, if the command line says where. */
  readonly url: URL | undefined;
  /** IDs of accepted check-config warnings. */
  readonly accepted: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly machine: Machine;
  readonly aws: AwsReads;
  readonly fetchDocument: FetchDocument;
  /** The addresses of a host. Rejects if there are none. */
  readonly addressesOf: (host: string) => Promise<readonly string[]>;
  /** Rejects with a ClientError if there is no response. */
  readonly call: (call: Call) => Promise<ClientResponse>;
}

/** This machine and the checkout on it. */
export interface Machine {
  /** Of Node.js, as in `20.19.0`. */
  readonly nodeVersion: string;
  /** The Node.js version on which `npm start` runs functions. Throws if there is none; the error says what to do. */
  readonly functionNode: () => string;
  /** The text of a file of the repository; undefined if there is none. */
  readonly readFile: (path: string) => Promise<string | undefined>;
}
