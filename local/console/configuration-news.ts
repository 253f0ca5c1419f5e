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
  const pending = new Set<string>();
  return {
    changed({ name, value }) {
      const short = name.split('/').at(-1) ?? name;
      pending.add(short);
      const what = value === undefined ? 'deleted' : `= ${value}`;
      return [newsOf('parameter', `${short} ${what}`)];
    },
    inLine(part, { message, configVersion }) {
      if (message !== 'configuration loaded' || versions.get(part) === configVersion) return [];
      versions.set(part, configVersion);
      // The first environment loads the configuration too, without any change.
      if (pending.size === 0) return [];
      const names = [...pending].join(', ');
      pending.clear();
      return [newsOf('config', `in force: ${names}`, 'good')];
    },
  };
}
