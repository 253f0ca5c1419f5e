import { parseJson } from '../lambda/core/config/parse-json.ts';
import { type PolicyDocument, PolicySchema } from '../lambda/core/config/policy-schema.ts';
import type { ParameterValues } from '../lambda/core/config/read-parameter.ts';

/** The policy as it was written, packed or not; empty if there is none, or if it has the wrong shape. */
export function policyDocumentOf(values: ParameterValues): PolicyDocument {
  const parsed = parseJson(PolicySchema, values.policy?.trim() ?? '{}');
  return 'value' in parsed ? parsed.value : {};
}
