import { expect, test } from '@jest/globals';
import { ownAddresses } from '../../../tools/deployment/own-addresses.ts';

const BALANCER = 'lb-1.eu-west-1.elb.amazonaws.com';
const VPC_LB = `internal-${BALANCER}`;
const stackOf = (outputs: Readonly<Record<string, string>>) => ({ stack: { outputs } });
const here = (host: string, port: number | undefined = 443) => ({ host, port });

test('are those of the domain name and of the load balancer behind it', () => {
  expect(
    ownAddresses(stackOf({ Url: 'https://api.example.com/api/', LoadBalancerDnsName: BALANCER })),
  ).toEqual([here('api.example.com'), here(BALANCER)]);
});

test('are those of the first of its hosts, which only the output Try has', () => {
  const Try = `curl -i --connect-to api.example.com:8443:${BALANCER}:8443 https://api.example.com:8443/api/`;
  expect(ownAddresses(stackOf({ Url: `https://${BALANCER}:8443/api/`, Try }))).toEqual([
    here('api.example.com', 8443),
    here(BALANCER, 8443),
  ]);
});

test('are those of CloudFront, of Verified Access and of the load balancer behind them', () => {
  expect(
    ownAddresses(
      stackOf({
        CustomerUrl: 'https://shop.example.com/api/',
        CustomerCname: 'd1.cloudfront.net',
        AdminUrl: 'https://admin.example.com/api/admin/',
        AdminCname: 'edge-1.vai-1.prod.verified-access.eu-west-1.amazonaws.com',
        LoadBalancerDnsName: VPC_LB,
      }),
    ),
  ).toEqual([
    here('shop.example.com'),
    here('admin.example.com'),
    here('d1.cloudfront.net'),
    here('edge-1.vai-1.prod.verified-access.eu-west-1.amazonaws.com'),
    { host: VPC_LB, port: undefined },
  ]);
});

test('of a listener of others are only its load balancer, once it is known, and what the operator gives', () => {
  const reached = stackOf({ ListenerArn: 'arn' });
  expect(ownAddresses(reached)).toEqual([]);
  const door = { port: 8443, dnsName: BALANCER };
  expect(ownAddresses({ ...reached, door }, new URL('http://api.example.com/api/'))).toEqual([
    here(BALANCER, 8443),
    here('api.example.com', 80),
  ]);
});

test('do not include the demo API, which responds without an upstream', () => {
  expect(ownAddresses(stackOf({ DemoApiUrl: 'https://a1.execute-api.eu-west-1.amazonaws.com/' }))).toEqual(
    [],
  );
});
