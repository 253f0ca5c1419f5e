import type { IConstruct } from 'constructs';

interface Claim {
  /** The scope in which it must be unique. */
  readonly within: IConstruct;
  readonly what: string;
}

const taken = new WeakMap<IConstruct, Map<string, string>>();

/** Claims something for a construct that only one can have. Returns the path of the construct that already has it, if any. */
export function claim(construct: IConstruct, { within, what }: Claim): string | undefined {
  const others = taken.get(within) ?? new Map<string, string>();
  const other = others.get(what);
  if (other === undefined) taken.set(within, others.set(what, construct.node.path));
  return other;
}
