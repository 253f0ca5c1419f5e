import { Token } from 'aws-cdk-lib';
import { SERVICE_NAME } from '../../lambda/contract.ts';

/** What is wrong with a `service`, which a function rejects only when it starts. */
export function serviceProblems(service: string | undefined): readonly string[] {
  return service === undefined || Token.isUnresolved(service) || SERVICE_NAME.test(service)
    ? []
    : [`service must be 1 to 400 letters, digits, "_", ".", "/" and "-"; it is ${JSON.stringify(service)}`];
}
