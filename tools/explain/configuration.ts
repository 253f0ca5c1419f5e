import { type Abilities, parseConfig } from '../../lambda/core/config/parse.ts';
import type { Problem } from '../../lambda/core/config/problems.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { policyDocumentOf } from '../policy-document.ts';
import type { ExplainInput } from './input.ts';

/** The part of an explanation's input that comes from the parameters, or everything that is wrong with them. */
export async function configurationOf(
  values: ParameterValues,
  version: string,
  abilities?: Pick<Abilities, 'bodies'>,
): Promise<Pick<ExplainInput, 'config' | 'policy'> | { readonly problems: readonly Problem[] }> {
  const parsed = await parseConfig(values, version, abilities);
  return 'problems' in parsed ? parsed : { config: parsed.config, policy: policyDocumentOf(values) };
}
