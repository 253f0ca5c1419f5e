import { publishedSchemas } from './json-schemas.ts';
import { pathStepsTable } from './path-steps.ts';
import { policyTables, withTables } from './policy-tables.ts';

/** Every file that comes of what is in code, by its path in the repository. */
export function generatedFiles(policyMarkdown: string, pathsMarkdown: string): ReadonlyMap<string, string> {
  const schemas = publishedSchemas();
  const [policy, revocations] = schemas.map(({ document }) => document);
  return new Map([
    ...schemas.map(({ file, text }): [string, string] => [`schema/${file}`, text]),
    ['docs/policy.md', withTables(policyMarkdown, policyTables(policy ?? {}, revocations ?? {}))],
    ['docs/paths.md', withTables(pathsMarkdown, new Map([['readings', pathStepsTable()]]))],
  ]);
}
