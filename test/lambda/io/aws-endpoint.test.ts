import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { endpointOf, regionOf } from '../../../lambda/io/aws-endpoint.ts';
import type { Variables } from '../../../lambda/io/environment.ts';

const ssmEndpoint = (variables: Variables): URL => endpointOf('ssm', variables);

/** The SDK's own resolver, which knows all partitions. */
function sdkEndpoint(region: string): string {
  const { endpointProvider } = new SSMClient({ region: 'us-east-1' }).config;
  return endpointProvider({ Region: region, UseFIPS: false, UseDualStack: false }).url.href;
}

describe('without a variable it is the SDK’s endpoint', () => {
  test.each([
    [
      'aws',
      [
        'us-east-1',
        'eu-central-1',
        'ap-southeast-7',
        'af-south-1',
        'il-central-1',
        'mx-central-1',
        'sa-west-1',
      ],
    ],
    ['aws-cn', ['cn-north-1', 'cn-northwest-1']],
    ['aws-us-gov', ['us-gov-east-1', 'us-gov-west-1']],
    ['aws-iso', ['us-iso-east-1', 'us-iso-west-1']],
    ['aws-iso-b', ['us-isob-east-1', 'us-isob-west-1']],
    ['aws-iso-e', ['eu-isoe-west-1']],
    ['aws-iso-f', ['us-isof-south-1', 'us-isof-east-1']],
    ['aws-eusc', ['eusc-de-east-1']],
    ['no partition that is known', ['xx-north-1', 'local']],
  ])('so it is in the regions of %s', (_, regions) => {
    for (const region of regions) expect(ssmEndpoint({ AWS_REGION: region }).href).toBe(sdkEndpoint(region));
  });

  test('and in regions that do not exist yet', () => {
    const area = fc.constantFrom(
      ...['us', 'eu', 'ap', 'sa', 'ca', 'me', 'af', 'il', 'mx', 'cn', 'us-gov'],
      ...['us-iso', 'us-isob', 'eu-isoe', 'us-isof', 'eusc-de'],
    );
    // Not 'iso': us-iso is an area, so there is no region us-iso-1.
    const place = fc.constantFrom('north', 'southeast', 'central', 'gov', 'cn');
    fc.assert(
      fc.property(area, place, fc.integer({ min: 1, max: 12 }), (...parts) => {
        const region = parts.join('-');
        expect(ssmEndpoint({ AWS_REGION: region }).href).toBe(sdkEndpoint(region));
      }),
    );
  });
});

describe('a variable names another endpoint', () => {
  const region = { AWS_REGION: 'eu-central-1' };
  test.each([
    ['of SSM', { AWS_ENDPOINT_URL_SSM: 'https://vpce-1.ssm.example' }, 'https://vpce-1.ssm.example/'],
    ['of all services', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/base' }, 'http://127.0.0.1:4566/base'],
    [
      'of SSM, which precedes that of all',
      { AWS_ENDPOINT_URL: 'http://all.example', AWS_ENDPOINT_URL_SSM: 'http://ssm.example' },
      'http://ssm.example/',
    ],
    [
      'unless it is empty',
      { AWS_ENDPOINT_URL_SSM: '', AWS_ENDPOINT_URL: '' },
      'https://ssm.eu-central-1.amazonaws.com/',
    ],
  ])('%s', (_, variables, href) => {
    expect(ssmEndpoint({ ...region, ...variables }).href).toBe(href);
  });

  test('a service other than SSM', () => {
    const variables = { ...region, AWS_ENDPOINT_URL_SSM: 'http://ssm.example', AWS_ENDPOINT_URL_EC2: '' };
    expect(endpointOf('ec2', variables).href).toBe('https://ec2.eu-central-1.amazonaws.com/');
    const own = { ...variables, AWS_ENDPOINT_URL_EC2: 'http://ec2.example' };
    expect(endpointOf('ec2', own).href).toBe('http://ec2.example/');
  });

  test('which needs no region here', () => {
    expect(ssmEndpoint({ AWS_ENDPOINT_URL: 'http://localhost:8082' }).href).toBe('http://localhost:8082/');
  });

  test.each([
    ['localhost:4566', 'is not an https URL'],
    ['ssm.example', 'is not an absolute URL'],
    ['ftp://ssm.example', 'is not an https URL'],
    ['https://user:secret@ssm.example', 'must not contain credentials'],
    ['https://ssm.example/?secret', 'must not contain a query'],
    ['https://ssm.example/#secret', 'must not contain a fragment'],
    ['http://169.254.169.254/', 'must not be a link-local address'],
  ])('but not %s', (text, problem) => {
    for (const name of ['AWS_ENDPOINT_URL_SSM', 'AWS_ENDPOINT_URL']) {
      expect(() => ssmEndpoint({ ...region, [name]: text })).toThrow(new Error(`${name} ${problem}`));
    }
  });
});

test.each([undefined, '', 'eu-central-1.evil.example', 'EU', '../x', 'a b', '-', `a${'b'.repeat(63)}`])(
  'a malformed region is an error: %p',
  (region) => {
    const problem = new Error('AWS_REGION must be a region like eu-central-1');
    expect(() => regionOf({ AWS_REGION: region })).toThrow(problem);
    expect(() => ssmEndpoint({ AWS_REGION: region })).toThrow(problem);
  },
);
