import type { ParameterName } from '../../lambda/contract.ts';
import type { Reading } from '../../lambda/core/config/reading.ts';
import { ArgumentError, CommandFailure } from '../arguments.ts';
import { PARAMETER_NAMES, type ParameterVersions } from '../parameter-versions.ts';
import { authorText, readHistories } from './authors.ts';
import type { Session } from './session.ts';

/** The two parts of `NAME=VERSION`; undefined for any other text. */
export function parseVersion(text: string): readonly [ParameterName, number] | undefined {
  const [, given, version] = /^([a-z-]+)=(\d{1,15})$/.exec(text) ?? [];
  const name = PARAMETER_NAMES.find((one) => one === given);
  return name === undefined ? undefined : [name, Number(version)];
}

/** The versions that `--if-version` or `--to` names. */
export function parseVersions(option: string, texts: readonly string[]): ParameterVersions {
  const entries = texts.map((text) => {
    const parsed = parseVersion(text);
    if (parsed !== undefined) return parsed;
    throw new ArgumentError(
      `${option} takes NAME=VERSION such as policy=12; the names are ${PARAMETER_NAMES.join(', ')}.`,
    );
  });
  const versions = Object.fromEntries(entries);
  if (Object.keys(versions).length === texts.length) return versions;
  throw new ArgumentError(`${option} names a parameter twice.`);
}

/**
 * Reads the parameters.
 *
 * @throws CommandFailure if there are none, or if one is not at the requested version
 */
export async function readFrom(session: Session, versions: ParameterVersions = {}): Promise<Reading> {
  const { store, target } = session;
  const reading = await store.read();
  if (Object.keys(reading).length === 0) {
    const toCheck =
      target.endpoint === undefined
        ? ': check --path, --region and the account (aws sts get-caller-identity)'
        : ` at ${target.endpoint.origin}: check --path and the address`;
    throw new CommandFailure(
      `There are no parameters under ${store.path}${toCheck}. The first deploy creates them.`,
    );
  }
  const others = PARAMETER_NAMES.filter(
    (name) => versions[name] !== undefined && versions[name] !== (reading[name]?.version ?? 0),
  );
  if (others.length === 0) return reading;
  const histories = await readHistories(session, others);
  const found = others.map(
    (name) =>
      `${name} is not at version ${versions[name]}, but at ${authorText(histories[name] ?? [], reading[name]?.version ?? 0)}`,
  );
  throw new CommandFailure(
    `${found.join('; ')}. Nothing was written. To see the current versions: ${session.call('status')}`,
  );
}
