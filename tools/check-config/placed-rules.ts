import type { ClaimRule } from '../../lambda/core/claim-rules.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';

/** A rule for a claim, and where it is. */
export interface PlacedRule {
  readonly place: string;
  readonly claim: string;
  readonly rule: ClaimRule;
}

/** All rules of a policy. */
export function placedRules({ providers = {}, routes = [] }: PolicyDocument): PlacedRule[] {
  const all = [
    ...Object.entries(providers).map(([name, provider]) => ({
      place: `providers.${name}.requiredClaims`,
      rules: provider.requiredClaims ?? {},
    })),
    ...routes.map((route, index) => ({ place: `routes.${index}.claims`, rules: route.claims ?? {} })),
  ];
  return all.flatMap(({ place, rules }) =>
    Object.entries(rules).map(([claim, rule]) => ({ place: `${place}.${claim}`, claim, rule })),
  );
}
