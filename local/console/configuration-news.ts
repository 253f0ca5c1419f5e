import { PARAMETERS } from '../../lambda/contract.ts';
import type { ChangedParameter, Part } from '../stack-event.ts';
import type { LineMembers } from './function-line.ts';
import { type News, newsOf } from './news.ts';

/** In the order in which the function logs their versions. */
const NAMES = Object.keys(PARAMETERS);

/** Follows a parameter from its change until a verifier uses the new value. */
export interface ConfigurationNews {
  changed(parameter: ChangedParameter): readonly News[];
  inLine(part: Part, members: LineMembers): readonly News[];
}

export function createConfigurationNews(): ConfigurationNews {
  /** By part: each verifier loads its own configuration. */
  const versions = new Map<Part, unknown>();
  /** The versions that no verifier has loaded yet, as the function logs them. */
  const pending = new Map<string, string>();
  return {
    changed({ name, value, version }) {
      const short = name.split('/').at(-1) ?? name;
      pending.set(short, String(version ?? '-'));
      const what = value === undefined ? 'deleted' : `= ${value}`;
      return [newsOf('parameter', `${short} ${what}`)];
    },
    inLine(part, { message, configVersion }) {
      if (message !== 'configuration loaded' || versions.get(part) === configVersion) return [];
      versions.set(part, configVersion);
      // An environment also loads the configuration when it starts, and without what is refused.
      const loaded = String(configVersion).split('.');
      const names = NAMES.filter((name, index) => pending.has(name) && pending.get(name) === loaded[index]);
      for (const name of names) pending.delete(name);
      return names.length === 0 ? [] : [newsOf('config', `in force: ${names.join(', ')}`, 'good')];
    },
  };
}
