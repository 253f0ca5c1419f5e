import { Token } from 'aws-cdk-lib';

interface Watched {
  readonly verifier?: unknown;
  readonly configuration?: unknown;
  readonly loadBalancerFullName: unknown;
}

/** Problems of what is to be watched. A metric with a wrong name is no error in CloudWatch: it just never has data. */
export function watchedProblems({ verifier, configuration, loadBalancerFullName }: Watched): string[] {
  const has = (value: unknown, member: string) =>
    value === undefined || (typeof value === 'object' && value !== null && member in value);
  const isName =
    typeof loadBalancerFullName === 'string' &&
    (Token.isUnresolved(loadBalancerFullName) || /^app\/[^/]+\/[^/]+$/.test(loadBalancerFullName));
  return [
    ...(isName
      ? []
      : [
          `loadBalancerFullName must be the last part of a load balancer's ARN, app/NAME/ID; it is ${JSON.stringify(loadBalancerFullName)}`,
        ]),
    ...(has(verifier, 'live')
      ? []
      : ['verifier must be a VerifierFunction, such as the function of a VerifierTarget']),
    ...(has(configuration, 'snapshot') ? [] : ['configuration must be a Configuration']),
  ];
}
