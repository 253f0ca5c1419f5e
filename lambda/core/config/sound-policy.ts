import * as v from 'valibot';
import { type Fault, faultMessage, readJson } from './parse-json.ts';
import { type PolicyDocument, PolicySchema, type RouteDocument } from './policy-schema.ts';
import type { Problems } from './problems.ts';
import type { ReadParameter } from './read-parameter.ts';
import type { ResourceDocument } from './resources-schema.ts';
import { name } from './schema-parts.ts';

/** An entry of a list, with its place in the policy, counted from 0. */
export interface Placed<Document> {
  readonly index: number;
  readonly document: Document;
}
export type PlacedRoute = Placed<RouteDocument>;

/**
 * What can be checked in a policy although the shape of the rest is wrong. The parts of a policy are its providers,
 * its routes, its resources and its other members. A part whose shape is wrong is left out; a policy that is not JSON
 * has no parts that can be checked.
 */
export interface SoundPolicy {
  /** Without routes and resources, which are listed separately with their places. */
  readonly document: Omit<PolicyDocument, 'routes' | 'resources'>;
  readonly routes: readonly PlacedRoute[];
  readonly resources: readonly Placed<ResourceDocument>[];
  /** Whether a part is complete, as it must be before another part is checked against it. */
  readonly isWhole: (member: string, key?: string | number) => boolean;
  /** The names of all providers, including those that are left out; undefined where some name may be misspelt. */
  readonly providerNames: readonly string[] | undefined;
  /** Whether no route is left out. */
  readonly areRoutesWhole: boolean;
  /** Whether no resource is left out. */
  readonly areResourcesWhole: boolean;
}

/** Reads the policy, and collects the problems with its shape. */
export function readPolicy(read: ReadParameter, problems: Problems): SoundPolicy {
  const policy = read('policy', (_, stored) => {
    const json = readJson(PolicySchema, stored);
    if (json.kind === 'unreadable') return { problems: [json.problem] };
    if (json.kind === 'valid') return { value: wholePolicy(json.value) };
    for (const fault of json.faults) problems.add('policy', faultMessage(fault));
    return { value: soundPart(json.document, json.faults) };
  });
  return policy ?? UNREADABLE;
}

const UNREADABLE: SoundPolicy = {
  document: {},
  routes: [],
  resources: [],
  isWhole: () => false,
  providerNames: undefined,
  areRoutesWhole: false,
  areResourcesWhole: false,
};

/** A policy whose shape is right throughout. */
export const wholePolicy = ({ routes = [], resources = [], ...document }: PolicyDocument): SoundPolicy => ({
  document,
  routes: inPlace(routes),
  resources: inPlace(resources),
  isWhole: () => true,
  providerNames: Object.keys(document.providers ?? {}),
  areRoutesWhole: true,
  areResourcesWhole: true,
});

const inPlace = <Document>(documents: readonly Document[]): readonly Placed<Document>[] =>
  documents.map((document, index) => ({ index, document }));

type Json = Readonly<Record<string, unknown>>;

function soundPart(given: unknown, faults: readonly Fault[]): SoundPolicy {
  const broken = new Set<string>();
  const loose = new Set<string>();
  for (const { path, unknown, meant } of faults) {
    // A misspelt member may have been meant to be another part. Then nothing is known about that part.
    if (!unknown) broken.add(partOf(path));
    else if (meant !== undefined) broken.add(partOf([...path.slice(0, -1), meant]));
    else loose.add(partOf(path));
  }
  if (broken.has(partOf([]))) return UNREADABLE;
  const document = membersOf(given);
  const dropped = withoutUnknown(document, faults);
  const isSound = (...path: string[]) => !broken.has(partOf(path));
  const { routes, resources, providers, ...rest } = Object.fromEntries(
    Object.entries(dropped).filter(([member]) => isSound(member)),
  );
  const soundEntries = (member: 'routes' | 'resources', list: unknown): readonly Placed<unknown>[] =>
    inPlace(listOf(list)).filter(({ index }) => isSound(member, String(index)));
  const soundRoutes = soundEntries('routes', routes);
  const soundResources = soundEntries('resources', resources);
  const sound = v.safeParse(PolicySchema, {
    ...rest,
    ...(providers !== undefined && {
      providers: Object.fromEntries(
        Object.entries(membersOf(providers)).filter(([key]) => isSound('providers', key)),
      ),
    }),
    routes: soundRoutes.map(({ document: route }) => route),
    resources: soundResources.map(({ document: resource }) => resource),
  });
  if (!sound.success) return UNREADABLE;
  const names = Object.keys(membersOf(document.providers));
  const { routes: parsedRoutes = [], resources: parsedResources = [], ...parts } = sound.output;
  return {
    document: parts,
    routes: parsedAt(soundRoutes, parsedRoutes),
    resources: parsedAt(soundResources, parsedResources),
    isWhole: (member, key) => {
      const paths = [[member], ...(key === undefined ? [] : [[member, String(key)]])];
      return paths.every((path) => isSound(...path)) && !loose.has(partOf(paths.at(-1) ?? []));
    },
    providerNames: isSound('providers') && names.every((key) => v.is(name, key)) ? names : undefined,
    areRoutesWhole: isSound('routes') && soundRoutes.length === listOf(routes).length,
    areResourcesWhole: isSound('resources') && soundResources.length === listOf(resources).length,
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The parsed entries, with their places. */
const parsedAt = <Document>(
  entries: readonly Placed<unknown>[],
  documents: readonly Document[],
): readonly Placed<Document>[] =>
  documents.flatMap((document, at) => {
    const entry = entries[at];
    return entry === undefined ? [] : { index: entry.index, document };
  });

const ENTRIES = ['routes', 'resources', 'providers'];

/** The key of the part that a place is in: a provider, a route, a resource or another member of the policy. */
function partOf(path: readonly string[]): string {
  const [member] = path;
  return JSON.stringify(path.slice(0, ENTRIES.some((one) => one === member) ? 2 : 1));
}

/** A copy without the unknown members, which say nothing about the others. */
function withoutUnknown(document: Json, faults: readonly Fault[]): Json {
  const copy = structuredClone(document);
  for (const { path } of faults.filter(({ unknown }) => unknown)) {
    const parent = path.slice(0, -1).reduce<unknown>((value, key) => membersOf(value)[key], copy);
    delete (parent as Record<string, unknown> | undefined)?.[path.at(-1) ?? ''];
  }
  return copy;
}

const membersOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
