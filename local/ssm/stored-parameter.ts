import type { ParameterType, Tier } from './rules.ts';

/** A version of a parameter. */
export interface StoredParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  readonly version: number;
  /** Seconds since the epoch. */
  readonly modified: number;
  readonly tier: Tier;
  readonly dataType: string;
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
}
