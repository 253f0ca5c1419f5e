import { isEntry } from '../bundle/entries.ts';
import { conditionsIn, type Json, type TemplateEntry } from './conditions.ts';
import { joinOf } from './insertions.ts';
import type { Conditions, Release } from './release.ts';

/** Properties of a function that its version does not have, and the code, which is covered by its hash. */
const NOT_OF_A_VERSION = new Set(['Code', 'FunctionName', 'ReservedConcurrentExecutions', 'Tags']);

/**
 * Gives each version a description with everything that can change its function: the release, and each parameter that the function
 * depends on. CloudFormation replaces a version whose description changes; otherwise a changed parameter would never reach the alias.
 * Lambda publishes a version only if the function has changed, so the description must contain nothing else. Lambda also compares the
 * code with `CodeSha256`, so only the release's bytes can become a version.
 */
export function versionsDescribed(
  resources: Readonly<Record<string, TemplateEntry>>,
  { version, code }: Release,
  conditions: Conditions,
): Record<string, TemplateEntry> {
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      if (resource.Type !== 'AWS::Lambda::Version') return [id, resource];
      const properties = resource.Properties as { readonly FunctionName: { readonly Ref: string } };
      const of = resources[properties.FunctionName.Ref]?.Properties as Readonly<Record<string, Json>>;
      const entry = String(of.Handler).replace(/\.handler$/, '');
      if (!isEntry(entry)) throw new Error(`${id} belongs to no bundle.`);
      const seen = Object.entries(of).filter(([name]) => !NOT_OF_A_VERSION.has(name));
      const parameters = [...new Set(parametersIn(Object.fromEntries(seen), conditions))].sort();
      const Description = joinOf([version, ...parameters.flatMap((name) => [' ', { Ref: name }])]);
      const Properties = { ...properties, CodeSha256: code[entry].sha256, Description };
      return [id, { ...resource, Properties }];
    }),
  );
}

/** The parameters that a value depends on, by a reference or by a condition. */
function parametersIn(value: Json, conditions: Conditions): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => parametersIn(entry, conditions));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    if (key === 'Ref') return /^AWS::|[0-9A-F]{8}$/.test(entry) ? [] : [entry];
    if (key === 'Fn::GetAtt') return [];
    if (key === 'Fn::If') {
      const decisive = conditionsIn(entry[0]).map((name) => conditions[name]?.parameter ?? '');
      return [...decisive, ...parametersIn(entry.slice(1), conditions)];
    }
    return parametersIn(entry, conditions);
  });
}
