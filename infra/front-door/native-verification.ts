import { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { NativeClaim } from '../options/native-claims.ts';
import type { OptionValues } from '../options/options.ts';

/** Where tokens come from and what they must say, for the load balancer's own verification. */
export interface NativeVerification {
  readonly issuer: string;
  readonly jwksEndpoint: string;
  readonly claims: readonly NativeClaim[];
}

type NativeOptions = Pick<OptionValues, 'nativeAudience' | 'nativeScope' | 'nativeClaims'>;

/** The additional claims, audience and scope among them. */
export function nativeClaims(options: NativeOptions): readonly NativeClaim[] {
  const { nativeAudience: audience, nativeScope: scope, nativeClaims: further = [] } = options;
  return [
    ...(audience === undefined
      ? []
      : [{ name: 'aud', format: 'single-string', values: [audience] } as const]),
    ...(scope === undefined
      ? []
      : [{ name: 'scope', format: 'space-separated-values', values: [scope] } as const]),
    ...further,
  ];
}

/** What the options ask of the load balancer, if it is to verify at all. */
export function nativeVerification(options: OptionValues): NativeVerification | undefined {
  const { nativePreFilter, nativeOnly, nativeIssuer: issuer, nativeJwksUri: jwksEndpoint } = options;
  if (!(nativePreFilter || nativeOnly) || issuer === undefined || jwksEndpoint === undefined)
    return undefined;
  return { issuer, jwksEndpoint, claims: nativeClaims(options) };
}

/** The action that verifies, then does what is next. */
export function verifyFirst(
  { issuer, jwksEndpoint }: NativeVerification,
  next: elbv2.ListenerAction,
): elbv2.ListenerAction {
  return elbv2.ListenerAction.authenticateJwt({ issuer, jwksEndpoint, next });
}

/** CDK's action has no additional claims, without which no audience is checked. */
export function addClaims(rule: elbv2.ApplicationListenerRule, claims: readonly NativeClaim[]): void {
  const resource = rule.node.defaultChild as elbv2.CfnListenerRule;
  resource.addPropertyOverride(
    'Actions.0.JwtValidationConfig.AdditionalClaims',
    claims.map(({ name, format, values }) => ({ Format: format, Name: name, Values: values })),
  );
}
