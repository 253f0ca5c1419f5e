import * as v from 'valibot';
import { type Fault, faultMessage, readJson } from './parse-json.ts';
import { type PolicyDocument, PolicySchema, type RouteDocument } from './policy-schema.ts';
import type { Problems } from './problems.ts';
import type { ReadParameter } from './read-parameter.ts';
import { name } from './schema-parts.ts';

/** A route in its place in the policy, from 0. */
export interface PlacedRoute {
  readonly index: number;
  readonly document: RouteDocument;
}

/**
 * What of a policy can be judged although the shape of the rest is wrong. Its parts are the providers, the routes and
 * the other members: a part that is wrong is left out, and no part of a policy that is not JSON can be judged.
 */
export interface SoundPolicy {
  /** Without the routes, which keep their places beside it. */
  readonly document: PolicyDocument;
  readonly routes: readonly PlacedRoute[];
  /** Whether a part says all that it was meant to, as it must before another part is judged by it. */
  readonly isWhole: (member: string, key?: string | number) => boolean;
  /** The names of all providers, also of those that are left out; undefined where some may be another name. */
  readonly providerNames: readonly string[] | undefined;
  /** Whether no route is left out. */
  readonly areRoutesWhole: boolean;
}

/** Reads the policy, and collects what is wrong with its shape. */
export function readPolicy(read: ReadParameter, problems: Problems): SoundPolicy {
  const policy = read('policy', (value) => {
    const json = readJson(PolicySchema, value);
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
  isWhole: () => false,
  providerNames: undefined,
  areRoutesWhole: false,
};

/** A policy with nothing wrong in its shape. */
export const wholePolicy = ({ routes = [], ...document }: PolicyDocument): SoundPolicy => ({
  document,
  routes: routes.map((route, index) => ({ index, document: route })),
  isWhole: () => true,
  providerNames: Object.keys(document.providers ?? {}),
  areRoutesWhole: true,
});

type Json = Readonly<Record<string, unknown>>;

function soundPart(given: unknown, faults: readonly Fault[]): SoundPolicy {
  const broken = new Set<string>();
  const loose = new Set<string>();
  for (const { path, unknown, meant } of faults) {
    // Another part can be what a misspelt member was meant to be, and then nothing is known of that one.
    if (!unknown) broken.add(partOf(path));
    else if (meant !== undefined) broken.add(partOf([...path.slice(0, -1), meant]));
    else loose.add(partOf(path));
  }
  if (broken.has(partOf([]))) return UNREADABLE;
  const document = membersOf(given);
  const dropped = withoutUnknown(document, faults);
  const isSound = (...path: string[]) => !broken.has(partOf(path));
  const { routes, providers, ...rest } = Object.fromEntries(
    Object.entries(dropped).filter(([member]) => isSound(member)),
  );
  const entries = (Array.isArray(routes) ? routes : [])
    .map((route: unknown, index) => ({ index, route }))
    .filter(({ index }) => isSound('routes', String(index)));
  const sound = v.safeParse(PolicySchema, {
    ...rest,
    ...(providers !== undefined && {
      providers: Object.fromEntries(
        Object.entries(membersOf(providers)).filter(([key]) => isSound('providers', key)),
      ),
    }),
    routes: entries.map(({ route }) => route),
  });
  if (!sound.success) return UNREADABLE;
  const names = Object.keys(membersOf(document.providers));
  const { routes: parsed = [], ...parts } = sound.output;
  return {
    document: parts,
    routes: parsed.flatMap((route, at) => {
      const entry = entries[at];
      return entry === undefined ? [] : { index: entry.index, document: route };
    }),
    isWhole: (member, key) => {
      const paths = [[member], ...(key === undefined ? [] : [[member, String(key)]])];
      return paths.every((path) => isSound(...path)) && !loose.has(partOf(paths.at(-1) ?? []));
    },
    providerNames: isSound('providers') && names.every((key) => v.is(name, key)) ? names : undefined,
    areRoutesWhole: isSound('routes') && entries.length === (Array.isArray(routes) ? routes.length : 0),
  };
}

/** The key of the part that a place is in: a provider, a route or another member of the policy. */
function partOf(path: readonly string[]): string {
  const [member] = path;
  return JSON.stringify(path.slice(0, member === 'routes' || member === 'providers' ? 2 : 1));
}

/** A copy without the members that are unknown, which say nothing of the others. */
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
