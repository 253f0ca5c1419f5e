import { isEntry } from '../bundle/entries.ts';
import { conditionsIn, type Json, type TemplateEntry } from './conditions.ts';
import { joinOf } from './insertions.ts';
import type { Conditions, Release } from './release.ts';

/** What a version does not have of its function, or has by the hash of its code. */
const NOT_OF_A_VERSION = new Set(['Code', 'FunctionName', 'ReservedConcurrentExecutions', 'Tags']);

/**
 * The versions with a description that says all that may change their function: the release, and each parameter that the function
 * goes by. CloudFormation replaces a version whose description changes. Without that, no change of a parameter would reach
 * the alias. Lambda publishes a version only if the function has changed, so nothing else may be in it. It also
 * compares the code with its hash, so that no other bytes than the release's get a version.
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
      if (!isEntry(entry)) throw new Error(`${id} is of no bundle.`);
      const seen = Object.entries(of).filter(([name]) => !NOT_OF_A_VERSION.has(name));
      const parameters = [...new Set(parametersIn(Object.fromEntries(seen), conditions))].sort();
      const Description = joinOf([version, ...parameters.flatMap((name) => [' ', { Ref: name }])]);
      const Properties = { ...properties, CodeSha256: code[entry].sha256, Description };
      return [id, { ...resource, Properties }];
    }),
  );
}

/** The parameters that a value goes by, whether it has them or only depends on them. */
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
