import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOYMENT_OPTIONS } from './groups/deployment.ts';
import { membersOf } from './json-members.ts';
import { faultAt } from '../../lambda/core/config/json-fault.ts';
import { lineAndColumn } from '../../lambda/core/config/json-places.ts';
import { examineJson } from '../../lambda/core/config/json-syntax.ts';
import { nearestName } from '../../lambda/core/config/nearest-name.ts';
import { parseValue } from './parse-value.ts';

/** Folder of the stages' files, relative to where the CDK CLI runs. */
export const STAGES = 'stages';

/** Far more than all options need, and few enough to find the line of each member. */
const MAX_CHARACTERS = 100_000;

/** The options of a stage as its file has them, not yet judged. */
export interface Stage {
  /** The file, as messages name it. */
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** `FILE:LINE` of each value. */
  readonly places: Readonly<Record<string, string>>;
}

export type ReadStage =
  | { readonly kind: 'ok'; readonly stage: Stage }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** The stage that a context value names, or `undefined` where none is named. */
export function readNamedStage(name: unknown): ReadStage | undefined {
  if (name === undefined) return undefined;
  const parsed = parseValue(DEPLOYMENT_OPTIONS.stage.parse, name);
  return 'value' in parsed
    ? readStage(parsed.value)
    : { kind: 'invalid', problems: [`stage must be ${parsed.expected}; it is ${JSON.stringify(name)}`] };
}

/** Reads `stages/NAME.json`: one object whose members are options. */
export function readStage(name: string, directory = STAGES): ReadStage {
  const file = join(directory, `${name}.json`);
  const invalid = (...problems: readonly string[]): ReadStage => ({ kind: 'invalid', problems });
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return invalid(`stage: ${file} cannot be read (${code})${otherStages(name, directory)}`);
  }
  if (text.length > MAX_CHARACTERS) {
    return invalid(`${file}: has ${text.length} characters; a stage may have at most ${MAX_CHARACTERS}`);
  }
  const read = examineJson(text);
  if (read.kind === 'unknown') return invalid(`${file}: is nested too deeply`);
  if (read.kind === 'error') {
    return invalid(`${file}:${lineAndColumn(text, read.offset)}: is not JSON: ${faultAt(text, read)}`);
  }
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return invalid(`${file}: must be an object whose members are options`);
  }
  const members = membersOf(text);
  const placeOf = ({ line }: { readonly line: number }) => `${file}:${line}`;
  const twice = members.filter(({ name: one }, index) =>
    members.slice(0, index).some((earlier) => earlier.name === one),
  );
  if (twice.length > 0) {
    return invalid(...twice.map((one) => `${placeOf(one)}: ${one.name} appears a second time; remove one`));
  }
  const { $schema: _, ...values } = document as Record<string, unknown>;
  const places = Object.fromEntries(members.map((one) => [one.name, placeOf(one)]));
  return { kind: 'ok', stage: { file, values, places } };
}

function otherStages(name: string, directory: string): string {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    return `; there is no folder ${directory}`;
  }
  const names = entries
    .filter((entry) => entry.name.endsWith('.json') && !entry.isDirectory())
    .map((entry) => entry.name.slice(0, -'.json'.length));
  const near = nearestName(name, names);
  if (near !== undefined) return `; did you mean ${near}?`;
  return names.length === 0 ? `; ${directory} has no stages` : `; the stages are ${names.sort().join(', ')}`;
}
