import { isDeepStrictEqual } from 'node:util';
import { replacedBy } from './replaced-by.ts';
import { propertyOf, type Resource, referenceOf, referencesIn, type Template } from './template.ts';

/** What an update does to one resource. `properties` are those that differ, or that refer to a replaced resource. */
export type Change =
  | { readonly kind: 'created'; readonly id: string; readonly after: Resource }
  | { readonly kind: 'removed'; readonly id: string; readonly before: Resource }
  | ({ readonly kind: 'kept' | 'modified' | 'replaced' } & Update);

interface Update {
  readonly id: string;
  readonly before: Resource;
  readonly after: Resource;
  readonly properties: readonly string[];
}

/**
 * An update of a stack as CloudFormation makes it: it creates, replaces (the new resource first) and modifies in
 * the order of the references, and removes only after all of that has succeeded.
 */
export interface Transition {
  readonly before: Template;
  readonly after: Template;
  readonly changes: readonly Change[];
  /**
   * A value in a form that tells resources apart. A reference to a replaced resource means the old one before
   * the update and another one after it, though the template says the same.
   */
  identityOf(side: Side, value: unknown): string;
}

export type Side = 'before' | 'after';

export function transitionBetween(before: Template, after: Template): Transition {
  const shared = Object.entries(after.Resources).flatMap(([id, resource]) => {
    const old = before.Resources[id];
    return old === undefined ? [] : [{ id, before: old, after: resource }];
  });
  const replaced = replacedIn(shared);
  const changes: Change[] = [
    ...missingIn(before, after).map(([id, resource]) => ({ kind: 'created' as const, id, after: resource })),
    ...shared.map((pair) => {
      const properties = differing(pair, replaced);
      const kind = replaced.has(pair.id) ? 'replaced' : properties.length > 0 ? 'modified' : 'kept';
      return { ...pair, kind, properties } as const;
    }),
    ...missingIn(after, before).map(([id, resource]) => ({ kind: 'removed' as const, id, before: resource })),
  ];
  return {
    before,
    after,
    changes,
    identityOf: (side, value) =>
      JSON.stringify(value, (_, part) => {
        const id = referenceOf(part);
        return side === 'after' && id !== undefined && replaced.has(id)
          ? `another ${JSON.stringify(part)}`
          : part;
      }),
  };
}

function missingIn(one: Template, other: Template): [string, Resource][] {
  return Object.entries(other.Resources).filter(([id]) => one.Resources[id] === undefined);
}

type Pair = Pick<Update, 'id' | 'before' | 'after'>;

/** The resources that must be replaced, because of a difference or because they refer to a replaced resource. */
function replacedIn(pairs: readonly Pair[]): ReadonlySet<string> {
  const replaced = new Set<string>();
  for (let size = -1; size < replaced.size; ) {
    size = replaced.size;
    for (const pair of pairs) {
      const { id, before, after } = pair;
      if (before.Type !== after.Type || replacing(pair, replaced).length > 0) replaced.add(id);
    }
  }
  return replaced;
}

function replacing(pair: Pair, replaced: ReadonlySet<string>): string[] {
  return replacedBy(pair.after.Type).filter((path) => differs(pair, path, replaced));
}

function differing(pair: Pair, replaced: ReadonlySet<string>): string[] {
  const names = new Set([pair.before, pair.after].flatMap(({ Properties = {} }) => Object.keys(Properties)));
  return [...names].filter((name) => differs(pair, name, replaced));
}

function differs({ before, after }: Pair, path: string, replaced: ReadonlySet<string>): boolean {
  const value = propertyOf(after, path);
  return (
    !isDeepStrictEqual(propertyOf(before, path), value) || referencesIn(value).some((id) => replaced.has(id))
  );
}
