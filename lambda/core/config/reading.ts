import type { ParameterName } from '../../contract.ts';

/** A parameter as SSM has it. */
export interface StoredParameter {
  readonly value: string;
  readonly version: number;
  /** When SSM took the value, by its clock, in seconds since the epoch. */
  readonly modifiedAt: number;
}

/** What one read of the parameters found; one that does not exist is not in it. */
export type Reading = { readonly [name in ParameterName]?: StoredParameter };
