import type { AwsJsonResult } from '../aws-api/service.ts';

export const succeed = (output: object): AwsJsonResult => ({ ok: true, output });
export const fail = (type: string, message: string): AwsJsonResult => ({
  ok: false,
  error: { type, message },
});
export const invalid = (message: string): AwsJsonResult => fail('InvalidParameterException', message);

export const noGroup = (): AwsJsonResult =>
  fail('ResourceNotFoundException', 'The specified log group does not exist.');
