import type { Entry } from '../bundle/entries.ts';
import type { Json } from './conditions.ts';

/** The zip of a bundle. */
export interface CodeFile {
  readonly name: string;
  /** SHA-256 of its bytes, in base64. */
  readonly sha256: string;
}

export interface Release {
  readonly version: string;
  readonly code: Readonly<Record<Entry, CodeFile>>;
}

/** The parameter that each condition tests, and the test, by the condition's name. */
export type Conditions = Readonly<Record<string, { readonly parameter: string; readonly says: Json }>>;
