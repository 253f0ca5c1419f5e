export interface FaultScope {
  /** How many requests it hits. Unless set, every request until the fault changes. */
  readonly times?: number;
  /** Which operations it hits. Unless set, all. */
  readonly operations?: readonly string[];
}

/** Makes a part of the stack fail on demand while it keeps listening. */
export interface FaultSwitch<Fault extends string> {
  /** Makes requests fail from now on; undefined serves them again. */
  set(fault: Fault | undefined, scope?: FaultScope): void;
  /** The fault that hits a request of this operation, if any. Each hit counts towards `times`. */
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
