import type { Seeded } from './seeds.ts';

/** What has been seeded, by path: under the current path and under the previous one. */
export type SeededPaths = ReadonlyMap<string, Seeded>;

/** CloudFormation's limit for a physical id, in bytes. */
const MAX_BYTES = 1024;

/**
 * `PATH?NAME&NAME=adopted#PREVIOUS-PATH?NAME`: the custom resource's physical id, the only thing that CloudFormation
 * passes from one request to the next. A request that fails keeps the id, and one that moves the parameters remembers
 * the previous path. Either way, the Update of a rollback finds its own parameters in the id.
 */
export function seededIdOf(path: string, seeded: Seeded, before: SeededPaths): string {
  const current = partOf(path, seeded);
  const previous = [...before].find(([other]) => other !== path);
  const id = previous === undefined ? current : `${current}#${partOf(...previous)}`;
  return Buffer.byteLength(id) > MAX_BYTES ? current : id;
}

/** Reads a physical id. An id in another form, such as that of a failed Create, contains nothing. */
export function readSeededId(id = ''): SeededPaths {
  return new Map(
    id.split('#').flatMap((part): [string, Seeded][] => {
      const [, path, names] = /^(\/[^?]*)\?(.+)$/.exec(part) ?? [];
      return path === undefined || names === undefined ? [] : [[path, namesIn(names)]];
    }),
  );
}

function partOf(path: string, seeded: Seeded): string {
  return `${path}?${[...seeded].map(([name, { adopted }]) => (adopted ? `${name}=adopted` : name)).join('&')}`;
}

function namesIn(text: string): Seeded {
  return new Map(
    text
      .split('&')
      .map((name) => [name.replace(/=adopted$/, ''), { adopted: name.endsWith('=adopted') }] as const),
  );
}
