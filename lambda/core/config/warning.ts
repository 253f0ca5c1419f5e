import type { ParameterName } from '../../contract.ts';

/** What is valid and most likely a mistake, or worth knowing before it is in force. */
export interface Warning {
  /** What it is about, in lower case with hyphens; it stays when the words change. */
  readonly kind: string;
  readonly parameter: ParameterName;
  /** Begins with the place within the parameter, where it is about one. */
  readonly message: string;
}

/** A warning about the policy. */
export const ofPolicy = (kind: string, message: string): Warning => ({ kind, parameter: 'policy', message });

/** As the function's log has it. */
export const warningLine = ({ parameter, message }: Warning): string => `${parameter}: ${message}`;
