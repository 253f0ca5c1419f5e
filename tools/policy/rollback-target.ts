import type { ParameterName } from '../../lambda/contract.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { CommandFailure } from '../arguments.ts';
import { utc } from '../explain/format.ts';
import { PARAMETER_NAMES } from '../parameter-versions.ts';
import { howText } from './change-note.ts';
import { type Histories, lastChange, versionAt } from './history.ts';
import { timeOf } from './times.ts';
import { parseVersion, parseVersions } from './versions.ts';

/** What to restore, as `--to` says. */
export type Destination =
  | { readonly kind: 'before-last-change' }
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'versions'; readonly versions: ReadonlyMap<ParameterName, number> };

/** @throws ArgumentError */
export function parseDestination(texts: readonly string[], now: number): Destination {
  const [first] = texts;
  if (first === undefined) return { kind: 'before-last-change' };
  if (texts.length === 1 && parseVersion(first) === undefined && !first.includes('=')) {
    return { kind: 'time', at: timeOf('--to, if not NAME=VERSION,', first, now) };
  }
  const versions = Object.entries(parseVersions('--to, if not a time,', texts));
  return { kind: 'versions', versions: new Map(versions as [ParameterName, number][]) };
}

/** The values to put again, and a sentence about them for the operator. */
export interface Return {
  readonly given: ParameterValues;
  readonly about: string;
}

/** @throws CommandFailure if SSM's history does not have the values */
export function returnTo(destination: Destination, histories: Histories): Return {
  switch (destination.kind) {
    case 'before-last-change':
      return beforeLastChange(histories);
    case 'time': {
      const { at } = destination;
      const versions = PARAMETER_NAMES.flatMap((name) => {
        const history = histories[name];
        if (history === undefined) return [];
        const found = versionAt(history, at);
        if (found === undefined) throw new CommandFailure(noneAt(name, at, history[0]?.version));
        return [[name, found.version] as const];
      });
      return {
        given: valuesOf(histories, versions),
        about: `This restores the values that were stored at ${utc(at)}.`,
      };
    }
    case 'versions':
      return {
        given: valuesOf(histories, [...destination.versions]),
        about: `This restores ${[...destination.versions].map(([name, version]) => `version ${version} of ${name}`).join(', ')}.`,
      };
    default:
      return destination satisfies never;
  }
}

function noneAt(name: ParameterName, at: number, oldest: number | undefined): string {
  return oldest === 1
    ? `There was no ${name} at ${utc(at)}: it was created later. Name versions instead, with --to NAME=VERSION.`
    : `SSM no longer has the value of ${name} from ${utc(at)}: it keeps 100 versions. Put the value from your repository.`;
}

function beforeLastChange(histories: Histories): Return {
  const last = lastChange(histories);
  const parts = last?.parts.filter(({ after }) => after > 0) ?? [];
  if (last === undefined || parts.length === 0) {
    throw new CommandFailure('There is nothing to undo: no parameter has changed since it was created.');
  }
  const restored = parts
    .map(({ name, version, after }) => `version ${after} of ${name} (now ${version})`)
    .join(', ');
  return {
    given: valuesOf(
      histories,
      parts.map(({ name, after }) => [name, after] as const),
    ),
    about: `This undoes the last change, put by ${last.by} at ${utc(last.at)} ${howText(last.note)}. It restores ${restored}.`,
  };
}

const valuesOf = (
  histories: Histories,
  versions: readonly (readonly [ParameterName, number])[],
): ParameterValues =>
  Object.fromEntries(
    versions.map(([name, version]) => {
      const found = histories[name]?.find((one) => one.version === version);
      if (found !== undefined) return [name, found.value];
      const kept = histories[name]?.map((one) => one.version) ?? [];
      throw new CommandFailure(
        `SSM has no version ${version} of ${name}: ${kept.length === 0 ? 'it has no versions' : `its history has ${kept[0]} to ${kept.at(-1)}`}.`,
      );
    }),
  );
