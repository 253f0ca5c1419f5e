import { parameterVersions } from '../../tools/parameter-versions.ts';
import type { ChangedParameter, Part } from '../stack-event.ts';
import type { LineMembers } from './function-line.ts';
import { type News, newsOf } from './news.ts';

/** Follows a parameter from its change until a verifier uses the new value. */
export interface ConfigurationNews {
  changed(parameter: ChangedParameter): readonly News[];
  inLine(part: Part, members: LineMembers): readonly News[];
}

export function createConfigurationNews(): ConfigurationNews {
  /** By part: each verifier loads its own configuration. */
  const versions = new Map<Part, unknown>();
  /** The versions that no verifier has loaded yet. */
  const pending = new Map<string, number>();
  return {
    changed({ name, value, version }) {
      const short = name.split('/').at(-1) ?? name;
      // Without the parameter, the configuration is rejected, so this change never comes into force.
      if (version === undefined) pending.delete(short);
      else pending.set(short, version);
      const what = value === undefined ? 'deleted' : `= ${value}`;
      return [newsOf('parameter', `${short} ${what}`)];
    },
    inLine(part, { message, configVersion }) {
      if (message !== 'configuration loaded' || versions.get(part) === configVersion) return [];
      versions.set(part, configVersion);
      // An environment also loads the configuration when it starts, and then without what was rejected.
      const loaded: Readonly<Record<string, number>> = parameterVersions(String(configVersion));
      const names = [...pending].flatMap(([name, version]) => (loaded[name] === version ? [name] : []));
      for (const name of names) pending.delete(name);
      return names.length === 0 ? [] : [newsOf('config', `in force: ${names.join(', ')}`, 'good')];
    },
  };
}
