import { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { NativeClaim } from '../options/native-claims.ts';
import type { OptionValues } from '../options/options.ts';

/** Who issues tokens and what they must contain, for the load balancer's own verification. */
export interface NativeVerification {
  readonly issuer: string;
  readonly jwksEndpoint: string;
  readonly claims: readonly NativeClaim[];
}

type NativeOptions = Pick<OptionValues, 'nativeAudience' | 'nativeScope' | 'nativeClaims'>;

/** The additional claims, including audience and scope. */
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

/** What the options have the load balancer verify, if anything. */
export function nativeVerification(options: OptionValues): NativeVerification | undefined {
  const { nativePreFilter, nativeOnly, nativeIssuer: issuer, nativeJwksUri: jwksEndpoint } = options;
  if (!(nativePreFilter || nativeOnly) || issuer === undefined || jwksEndpoint === undefined)
    return undefined;
  return { issuer, jwksEndpoint, claims: nativeClaims(options) };
}

/** The action that verifies the token and then runs the next action. */
export function verifyFirst(
  { issuer, jwksEndpoint }: NativeVerification,
  next: elbv2.ListenerAction,
): elbv2.ListenerAction {
  return elbv2.ListenerAction.authenticateJwt({ issuer, jwksEndpoint, next });
}

/** CDK's action does not support additional claims, without which the load balancer checks no audience. */
export function addClaims(rule: elbv2.ApplicationListenerRule, claims: readonly NativeClaim[]): void {
  const resource = rule.node.defaultChild as elbv2.CfnListenerRule;
  resource.addPropertyOverride(
    'Actions.0.JwtValidationConfig.AdditionalClaims',
    claims.map(({ name, format, values }) => ({ Format: format, Name: name, Values: values })),
  );
}
