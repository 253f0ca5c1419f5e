import { parseConfig } from '../../lambda/core/config/parse.ts';
import { parseJson } from '../../lambda/core/config/parse-json.ts';
import { PolicySchema } from '../../lambda/core/config/policy-schema.ts';
import type { Problem } from '../../lambda/core/config/problems.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { ExplainInput } from './input.ts';

/** The part of an explanation's input that the parameters make, or everything that is wrong with them. */
export async function configurationOf(
  values: ParameterValues,
  version: string,
): Promise<Pick<ExplainInput, 'config' | 'policy'> | { readonly problems: readonly Problem[] }> {
  const parsed = await parseConfig(values, version);
  if ('problems' in parsed) return parsed;
  const policy = parseJson(PolicySchema, values.policy?.trim() ?? '{}');
  return { config: parsed.config, policy: 'value' in policy ? policy.value : {} };
}
