import type { ParameterName } from '../../contract.ts';

/** Something that is valid but most likely a mistake, or worth knowing before it is in force. */
export interface Warning {
  /** What it is about, in lower case with hyphens. It stays the same when the wording changes. */
  readonly kind: string;
  readonly parameter: ParameterName;
  /** Begins with the place within the parameter, if it is about one. */
  readonly message: string;
  /** What distinguishes it from others of its kind, besides the place. */
  readonly subject?: string;
}

/** A warning about the policy. */
export const ofPolicy = (kind: string, message: string): Warning => ({ kind, parameter: 'policy', message });

/** The warning as the function logs it. */
export const warningLine = ({ parameter, message }: Warning): string => `${parameter}: ${message}`;
