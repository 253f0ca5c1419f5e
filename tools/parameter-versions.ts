import { PARAMETERS, type ParameterName } from '../lambda/contract.ts';

export const PARAMETER_NAMES = Object.keys(PARAMETERS) as readonly ParameterName[];

/** Versions by parameter. A missing parameter has none. */
export type ParameterVersions = { readonly [name in ParameterName]?: number };

/** The versions behind a decision, from the `configVersion` of its log line. */
export function parameterVersions(configVersion: string): ParameterVersions {
  const versions = configVersion.split('.').map(Number);
  return Object.fromEntries(
    PARAMETER_NAMES.flatMap((name, index) => {
      const version = versions[index];
      return version === undefined || Number.isNaN(version) ? [] : [[name, version]];
    }),
  );
}

export const descriptionOf = (name: ParameterName): string => PARAMETERS[name].description;
