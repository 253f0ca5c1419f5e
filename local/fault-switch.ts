export interface FaultScope {
  /** How many requests it hits; all until it is changed, unless set. */
  readonly times?: number;
  /** Which operations it hits; all unless set. */
  readonly operations?: readonly string[];
}

/** What makes a part of the stack fail on request, while it keeps listening. */
export interface FaultSwitch<Fault extends string> {
  /** Fails the requests that arrive from now on; without a fault they are served again. */
  set(fault: Fault | undefined, scope?: FaultScope): void;
  /** The fault that hits a request of this operation, if any. It counts as one time. */
  take(operation: string): Fault | undefined;
}

export function createFaultSwitch<Fault extends string>(): FaultSwitch<Fault> {
  let current:
    | { readonly fault: Fault; left: number; readonly operations: FaultScope['operations'] }
    | undefined;
  return {
    set(fault, { times = Number.POSITIVE_INFINITY, operations } = {}) {
      current = fault && { fault, left: times, operations };
    },
    take(operation) {
      if (!current || current.left < 1) return undefined;
      if (current.operations && !current.operations.includes(operation)) return undefined;
      current.left--;
      return current.fault;
    },
  };
}
