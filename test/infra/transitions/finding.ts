import type { Transition } from './transition.ts';

/** One thing that goes wrong in an update. */
export interface Finding {
  /** `fails`: CloudFormation rolls back or never ends. `loses`: it succeeds, but something is lost for good. */
  readonly kind: 'fails' | 'loses';
  /** The logical id and the type of the resource. */
  readonly id: string;
  readonly type: string;
  /** The reason, as a sentence whose subject is the resource. */
  readonly text: string;
}

/** One of AWS's rules, applied to an update. */
export type Rule = (transition: Transition) => readonly Finding[];
