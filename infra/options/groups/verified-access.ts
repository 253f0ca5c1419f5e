import type { Option } from '../option.ts';
import { flag, matching } from '../parse.ts';

const url = matching(/^https:\/\/[^\s/?#]+[^\s#]*$/, 'an https URL');
const host = matching(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'a host name');
const certificate = matching(
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
  'the ARN of a certificate in ACM',
);

/** An internal load balancer with two ways in: CloudFront for customers, Verified Access for administrators. */
export const VERIFIED_ACCESS_OPTIONS = {
  verifiedAccess: {
    description:
      'An internal load balancer that customers reach through CloudFront and administrators, for `/api/admin/*`, through AWS Verified Access; needs the admin and OIDC options below',
    default: false,
    parse: flag,
  },
  adminDomain: {
    description: 'Host name that administrators call through Verified Access',
    default: undefined,
    parse: host,
  },
  adminCertificateArn: {
    description: 'Certificate for that host name, in the region of the stack',
    default: undefined,
    parse: certificate,
  },
  originDomain: {
    description: "Host name in the load balancer's certificate, against which CloudFront checks it",
    default: undefined,
    parse: host,
  },
  oidcIssuer: { description: 'OIDC issuer that logs administrators in', default: undefined, parse: url },
  oidcAuthorizationEndpoint: {
    description: "That issuer's authorization endpoint",
    default: undefined,
    parse: url,
  },
  oidcTokenEndpoint: { description: "That issuer's token endpoint", default: undefined, parse: url },
  oidcUserInfoEndpoint: { description: "That issuer's UserInfo endpoint", default: undefined, parse: url },
  oidcClientId: {
    description: 'Client ID of Verified Access at that issuer',
    default: undefined,
    parse: matching(/^\S{1,256}$/, 'a string without spaces'),
  },
  oidcClientSecretArn: {
    description: "Secrets Manager secret that holds that client's secret as plain text",
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/,
      'the ARN of a secret in Secrets Manager',
    ),
  },
  oidcScope: {
    description: 'Scopes that Verified Access requests',
    default: 'openid',
    parse: matching(/^openid( \S+)*$/, 'scopes that begin with openid, separated by spaces'),
  },
} as const satisfies Record<string, Option>;
