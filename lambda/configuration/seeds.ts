import { MAX_CONFIG_PATH } from '../contract.ts';
import { type Parsed, parsed } from '../core/config/parsed.ts';

/** A parameter that must exist, and the value it gets if it does not. */
export interface Seed {
  /** Last level of the parameter's name. */
  readonly name: string;
  readonly type: 'String' | 'StringList';
  readonly value: string;
}

export interface Seeds {
  /** Prefix of the names, with a leading slash and none at the end. */
  readonly path: string;
  readonly seeds: readonly Seed[];
}

/** The most that GetParameters takes. */
const MAX_SEEDS = 10;

/** Parses the properties of the custom resource, reporting every problem at once. */
export function parseSeeds(properties: unknown): Parsed<Seeds> {
  const { Path: path, Parameters: values, StringLists: lists = [] } = membersOf(properties) ?? {};
  const entries = Object.entries(membersOf(values) ?? {});
  const names = entries.map(([name]) => name);
  const problems: string[] = [];
  if (typeof path !== 'string' || !/^(?:\/[A-Za-z0-9_.-]+)+$/.test(path) || path.length > MAX_CONFIG_PATH) {
    problems.push(`Path must be a parameter path like /team/api, of at most ${MAX_CONFIG_PATH} characters`);
  }
  if (entries.length === 0 || entries.length > MAX_SEEDS) {
    problems.push(`Parameters must have 1 to ${MAX_SEEDS} members`);
  }
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9_.-]+$/.test(name))
      problems.push(`Parameters: ${JSON.stringify(name)} is not a valid parameter name`);
    if (typeof value !== 'string' || value === '')
      problems.push(`Parameters.${name} must be a string that is not empty`);
  }
  if (!Array.isArray(lists) || !lists.every((name) => names.includes(name))) {
    problems.push('StringLists must be a list of names in Parameters');
  }
  if (problems.length > 0) return { problems };
  return parsed({
    path: path as string,
    seeds: entries.map(([name, value]) => ({
      name,
      type: (lists as unknown[]).includes(name) ? 'StringList' : 'String',
      value: value as string,
    })),
  });
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** What seeding may do with the parameters. It has no way to change or delete one. */
export interface SeedStore {
  /** Which of these parameters exist, with their types. */
  readonly existing: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Creates a parameter and tags it with the stack's id; false if it exists already. */
  readonly create: (name: string, seed: Seed, stackId: string) => Promise<boolean>;
  /** The id of the stack that created a parameter, if a stack did. */
  readonly creatorOf: (name: string) => Promise<string | undefined>;
}

/** Parameters that exist now, by name, and whether each existed before the stack. */
export type Seeded = ReadonlyMap<string, { readonly adopted: boolean }>;

export interface Seeding {
  readonly seeded: Seeded;
  /** Full names of existing parameters that the verifier cannot read, because it does not decrypt them. */
  readonly encrypted: readonly string[];
}

/**
 * Creates missing parameters. `seeded` is `known` plus the parameters that were not in it. An existing parameter
 * among those counts as adopted, unless this stack created it: in an earlier attempt at the same request, or before
 * an update that stopped using it.
 */
export async function seed(
  { path, seeds }: Seeds,
  { known, stackId, store }: { known: Seeded; stackId: string; store: SeedStore },
): Promise<Seeding> {
  const seeded = new Map(known);
  const existing = await store.existing(seeds.map(({ name }) => `${path}/${name}`));
  for (const one of seeds) {
    const name = `${path}/${one.name}`;
    const created = !existing.has(name) && (await store.create(name, one, stackId));
    if (known.has(one.name)) continue;
    seeded.set(one.name, { adopted: !created && (await store.creatorOf(name)) !== stackId });
  }
  const encrypted = [...existing].flatMap(([name, type]) => (type === 'SecureString' ? name : []));
  return { seeded, encrypted };
}
