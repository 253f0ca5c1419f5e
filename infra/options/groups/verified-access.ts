import type { Option } from '../option.ts';
import { flag, matching } from '../parse.ts';

const url = matching(/^https:\/\/[^\s/?#]+[^\s#]*$/, 'an https URL');
const host = matching(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'a host name');
const certificate = matching(
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
  'the ARN of a certificate in ACM',
);

/** An internal load balancer with two ways in: customers by CloudFront, administrators by Verified Access. */
export const VERIFIED_ACCESS_OPTIONS = {
  verifiedAccess: {
    description:
      'An internal load balancer reached by CloudFront and, for /api/admin/*, by AWS Verified Access; needs the options below',
    default: false,
    parse: flag,
  },
  adminDomain: {
    description: 'Host name by which administrators call, through Verified Access',
    default: undefined,
    parse: host,
  },
  adminCertificateArn: {
    description: 'Certificate of that host name, in the region of the stack',
    default: undefined,
    parse: certificate,
  },
  originDomain: {
    description: "Host name of the load balancer's certificate, which CloudFront checks it by",
    default: undefined,
    parse: host,
  },
  oidcIssuer: { description: 'OIDC issuer that logs administrators in', default: undefined, parse: url },
  oidcAuthorizationEndpoint: { description: 'Its authorization endpoint', default: undefined, parse: url },
  oidcTokenEndpoint: { description: 'Its token endpoint', default: undefined, parse: url },
  oidcUserInfoEndpoint: { description: 'Its UserInfo endpoint', default: undefined, parse: url },
  oidcClientId: {
    description: 'Client of Verified Access at that issuer',
    default: undefined,
    parse: matching(/^\S{1,256}$/, 'text without spaces'),
  },
  oidcClientSecretArn: {
    description: "Secret of Secrets Manager that holds that client's secret as plain text",
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/,
      'the ARN of a secret in Secrets Manager',
    ),
  },
  oidcScope: {
    description: 'Scopes that Verified Access asks for',
    default: 'openid',
    parse: matching(/^openid( \S+)*$/, 'scopes that begin with openid, separated by spaces'),
  },
} as const satisfies Record<string, Option>;
