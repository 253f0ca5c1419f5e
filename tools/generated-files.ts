import { stageSchema } from '../infra/options/option-schema.ts';
import { codesPage } from './code-accounts/codes-page.ts';
import { format, publishedSchemas } from './json-schemas.ts';
import { limitTables } from './limits.ts';
import { pathStepsTable } from './path-steps.ts';
import { policyTables, withTables } from './policy-tables.ts';

/** Every file generated from code, by its path in the repository. `read` gives the current text of a page. */
export function generatedFiles(read: (path: string) => string): ReadonlyMap<string, string> {
  const schemas = publishedSchemas();
  const [policy, revocations] = schemas.map(({ document }) => document);
  const page = (path: string, tables: ReadonlyMap<string, string>): [string, string] => [
    path,
    withTables(read(path), tables),
  ];
  return new Map([
    ...schemas.map(({ file, text }): [string, string] => [`schema/${file}`, text]),
    ['schema/stage.schema.json', format(stageSchema())],
    page('docs/policy.md', policyTables(policy ?? {}, revocations ?? {})),
    page('docs/paths.md', new Map([['readings', pathStepsTable()]])),
    page('docs/codes.md', codesPage()),
    page('docs/limits.md', limitTables(policy ?? {})),
  ]);
}
