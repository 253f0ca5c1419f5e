import type { IConstruct } from 'constructs';

interface Claim {
  /** Where there is only one of it. */
  readonly within: IConstruct;
  readonly what: string;
}

const taken = new WeakMap<IConstruct, Map<string, string>>();

/** Claims for a construct what only one can have. Returns the path of the construct that has it already, if there is one. */
export function claim(construct: IConstruct, { within, what }: Claim): string | undefined {
  const others = taken.get(within) ?? new Map<string, string>();
  const other = others.get(what);
  if (other === undefined) taken.set(within, others.set(what, construct.node.path));
  return other;
}
