// Written by npm run docs:options.
import type { aws_logs as logs } from 'aws-cdk-lib';
import type { NativeClaim } from '../options/native-claims.ts';

/** The options of docs/options.md as properties, but for those of the app alone. */
export interface AuthorizerOptions {
  /**
   * How old the function lets its configuration get, in seconds.
   *
   * @default 60
   */
  readonly configRefreshSeconds?: number | undefined;
  /**
   * One function that reads parameters and key sets for all verifiers, by event and every minute; without it each execution environment reads them itself.
   *
   * @default true
   */
  readonly keeper?: boolean | undefined;
  /**
   * Keys and secrets that all verifiers share, which the keeper makes and rotates, in a bucket that is encrypted with a KMS key of its own.
   *
   * @default false
   */
  readonly sharedSecrets?: boolean | undefined;
  /**
   * File with the initial value of the policy parameter; a deploy never changes an existing one.
   *
   * @default - none
   */
  readonly policy?: string | undefined;
  /**
   * Availability zones of the load balancer, at least two; by default the first two of the region, or all in which an existing VPC has subnets.
   *
   * @default - the first two of the region
   */
  readonly zones?: readonly string[] | undefined;
  /**
   * IPv4 range of a new VPC.
   *
   * @default '10.0.0.0/16'
   */
  readonly vpcCidr?: string | undefined;
  /**
   * A load balancer without a public address, which only its own VPC can call by default.
   *
   * @default false
   */
  readonly internal?: boolean | undefined;
  /**
   * Who may call an internal load balancer, in place of its VPC: IPv4 and IPv6 ranges and prefix lists, such as those of a peered VPC or a VPN.
   *
   * @default - the range of the VPC
   */
  readonly allowedCidrs?: readonly string[] | undefined;
  /**
   * Paths routed to the function: `*` matches any number of characters and `?` exactly one; a pattern that ends in `/*` also matches the path before it.
   *
   * @default ['/api/*']
   */
  readonly paths?: readonly string[] | undefined;
  /**
   * Host names for which those paths are routed to the function, with the same wildcards; any host by default.
   *
   * @default - any host
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Priority of the first listener rule, and the start of the range from which further rules take theirs; the synth prints both.
   *
   * @default 10
   */
  readonly rulePriority?: number | undefined;
  /**
   * Whether a listener rule sends `/.well-known/oauth-protected-resource`, and what is below it, to the function, which serves the documents of `resources` of the policy there; by default it does, except on a listener of somebody else (`listenerArn`), and where `rulePriority` or the wildcards of a host leave no room for it.
   *
   * @default - true, but false on a listenerArn and without room for the rule
   */
  readonly resourceDocuments?: boolean | undefined;
  /**
   * Domain name of the API: it gets an alias record and, without `certificateArn`, a certificate validated by DNS.
   *
   * @default - none
   */
  readonly domainName?: string | undefined;
  /**
   * Route 53 hosted zone of that name, in the account of the stack.
   *
   * @default - none
   */
  readonly hostedZoneId?: string | undefined;
  /**
   * Certificate of an HTTPS listener on port 443.
   *
   * @default - none
   */
  readonly certificateArn?: string | undefined;
  /**
   * Further certificates of that listener; it presents the one for the name that the client asks for (SNI).
   *
   * @default - none
   */
  readonly sniCertificateArns?: readonly string[] | undefined;
  /**
   * Port 80 when there is a certificate: `closed` by default; with `redirect` a client sends its token in clear text before it is redirected.
   *
   * @default - closed
   */
  readonly http?: 'closed' | 'redirect' | undefined;
  /**
   * Whether the load balancer refuses to be deleted; by default it does if it has a certificate. Turn it off in a deploy of its own before you destroy the stack or replace the load balancer.
   *
   * @default - true with a certificate, false without
   */
  readonly deletionProtection?: boolean | undefined;
  /**
   * What the load balancer does with requests that two servers might read differently: `strictest` blocks every one that does not comply with RFC 7230, `defensive` those known to be dangerous, `monitor` none.
   *
   * @default 'strictest'
   */
  readonly desyncMitigationMode?: 'monitor' | 'defensive' | 'strictest' | undefined;
  /**
   * Addresses of the load balancer: `ipv4`, `dualstack`, or `dualstack-without-public-ipv4` if every client has IPv6.
   *
   * @default 'ipv4'
   */
  readonly ipAddressType?: 'ipv4' | 'dualstack' | 'dualstack-without-public-ipv4' | undefined;
  /**
   * Memory of the function in MB; its share of a vCPU grows with it.
   *
   * @default 512
   */
  readonly memorySize?: number | undefined;
  /**
   * Time limit of one request in seconds, waiting for the upstream included.
   *
   * @default 30
   */
  readonly timeoutSeconds?: number | undefined;
  /**
   * How a new version gets the requests: `allAtOnce`, or bit by bit through CodeDeploy, which goes back if an alarm is raised meanwhile: `canary10percent5minutes`, `canary10percent10minutes`, `canary10percent15minutes`, `canary10percent30minutes`, `linear10percentEvery1minute`, `linear10percentEvery2minutes`, `linear10percentEvery3minutes`, `linear10percentEvery10minutes`.
   *
   * @default 'allAtOnce'
   */
  readonly deployment?:
    | 'allAtOnce'
    | 'canary10percent5minutes'
    | 'canary10percent10minutes'
    | 'canary10percent15minutes'
    | 'canary10percent30minutes'
    | 'linear10percentEvery1minute'
    | 'linear10percentEvery2minutes'
    | 'linear10percentEvery3minutes'
    | 'linear10percentEvery10minutes'
    | undefined;
  /**
   * Concurrency that is set aside for the function, which is also the most that it gets: requests beyond it are answered with 502.
   *
   * @default - the function's share of the account's concurrency
   */
  readonly reservedConcurrency?: number | undefined;
  /**
   * How long the log group keeps its events, in days.
   *
   * @default 30
   */
  readonly logRetentionDays?: logs.RetentionDays | undefined;
  /**
   * Lowest level that the function logs.
   *
   * @default 'INFO'
   */
  readonly logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'CRITICAL' | 'SILENT' | undefined;
  /**
   * Part of the allowed requests that get a log line, from 0 to 1; any other request always gets one.
   *
   * @default 1
   */
  readonly allowedLogRate?: number | undefined;
  /**
   * A CloudWatch dashboard of the metrics.
   *
   * @default true
   */
  readonly dashboard?: boolean | undefined;
  /**
   * CloudWatch alarms, each with a link to its entry of the runbook.
   *
   * @default true
   */
  readonly alarms?: boolean | undefined;
  /**
   * SNS topic that the alarms notify, in the region of the stack.
   *
   * @default - none
   */
  readonly alarmTopicArn?: string | undefined;
  /**
   * Page with the runbook that the alarms link to, such as your copy of docs/runbook.md; by default they name that file.
   *
   * @default - docs/runbook.md in this package
   */
  readonly runbookUrl?: string | undefined;
  /**
   * Share of rejected requests that raises the rejection alarm, in percent.
   *
   * @default 50
   */
  readonly rejectionRatePercent?: number | undefined;
  /**
   * The load balancer's access logs in an S3 bucket, kept for 90 days.
   *
   * @default false
   */
  readonly accessLogs?: boolean | undefined;
  /**
   * KMS key to encrypt the log groups and the bucket of the snapshot with; its policy must let CloudWatch Logs use it. The shared secrets have a key of their own, and access logs can have none.
   *
   * @default - none
   */
  readonly kmsKeyArn?: string | undefined;
  /**
   * AWS X-Ray traces of the function.
   *
   * @default false
   */
  readonly tracing?: boolean | undefined;
  /**
   * An existing listener to add the rule to; no VPC and no load balancer are created.
   *
   * @default - none
   */
  readonly listenerArn?: string | undefined;
  /**
   * An existing load balancer to add a listener to; no VPC and no load balancer are created.
   *
   * @default - none
   */
  readonly loadBalancerArn?: string | undefined;
  /**
   * DNS name of that load balancer, for the alias record of `domainName`.
   *
   * @default - none
   */
  readonly loadBalancerDnsName?: string | undefined;
  /**
   * Hosted zone of that DNS name, which is AWS's (`CanonicalHostedZoneId`).
   *
   * @default - none
   */
  readonly loadBalancerZoneId?: string | undefined;
  /**
   * Port of the listener on that load balancer; by default 443 with a certificate and 80 without.
   *
   * @default - 443 with a certificate, 80 without
   */
  readonly listenerPort?: number | undefined;
  /**
   * Security group of the existing load balancer, which is left as it is.
   *
   * @default - none
   */
  readonly listenerSecurityGroupId?: string | undefined;
  /**
   * AWS WAF web ACL to associate with the load balancer.
   *
   * @default - none
   */
  readonly webAclArn?: string | undefined;
  /**
   * Execution environments kept ready behind an alias, which costs as long as it is there.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number | undefined;
  /**
   * Subnets to put the function in, where its upstream is private; they need a way to the snapshot in S3, or to SSM and to the key sets.
   *
   * @default - the function runs outside any VPC
   */
  readonly functionSubnetIds?: readonly string[] | undefined;
  /**
   * Security group of the function in those subnets.
   *
   * @default - none
   */
  readonly functionSecurityGroupId?: string | undefined;
  /**
   * Route tables of those subnets, that get a gateway endpoint of S3 for the snapshot and the shared secrets alone; whatever uses them reaches nothing else in S3.
   *
   * @default - none
   */
  readonly functionRouteTableIds?: readonly string[] | undefined;
  /**
   * VPC of those route tables; nothing is looked up.
   *
   * @default - none
   */
  readonly functionVpcId?: string | undefined;
  /**
   * Whether the function reaches key endpoints from those subnets; false leaves the keys to the keeper, which excludes providers with signed headers.
   *
   * @default true
   */
  readonly functionEgress?: boolean | undefined;
  /**
   * A second function: the same decisions as a Lambda authorizer of API Gateway.
   *
   * @default false
   */
  readonly authorizer?: boolean | undefined;
  /**
   * What an HTTP API with payload format 2.0 is to get from the authorizer: simple or iam.
   *
   * @default 'simple'
   */
  readonly httpApiResponse?: 'simple' | 'iam' | undefined;
  /**
   * Whether some API caches the authorizer's answers; if so, a policy is refused that reads tokens from any place but Authorization, limits the age of logins, or has a resource that only some pages may call.
   *
   * @default false
   */
  readonly authorizerCache?: boolean | undefined;
  /**
   * The load balancer's own JWT verification ahead of the function, so that a flood of bad tokens costs no invocations; HTTPS only.
   *
   * @default false
   */
  readonly nativePreFilter?: boolean | undefined;
  /**
   * Exact "iss" for native verification.
   *
   * @default - none
   */
  readonly nativeIssuer?: string | undefined;
  /**
   * Key set URL for native verification: public, at most 150 KB and 10 keys.
   *
   * @default - none
   */
  readonly nativeJwksUri?: string | undefined;
  /**
   * The one "aud" for native verification.
   *
   * @default - none
   */
  readonly nativeAudience?: string | undefined;
  /**
   * A scope that native verification asks of every token.
   *
   * @default - none
   */
  readonly nativeScope?: string | undefined;
  /**
   * Further claims for native verification, a JSON list of {"name", "format", "values"}; with audience and scope at most 10.
   *
   * @default - none
   */
  readonly nativeClaims?: readonly NativeClaim[] | undefined;
  /**
   * An internal load balancer reached by CloudFront and, for /api/admin/*, by AWS Verified Access; needs the options below.
   *
   * @default false
   */
  readonly verifiedAccess?: boolean | undefined;
  /**
   * Host name by which administrators call, through Verified Access.
   *
   * @default - none
   */
  readonly adminDomain?: string | undefined;
  /**
   * Certificate of that host name, in the region of the stack.
   *
   * @default - none
   */
  readonly adminCertificateArn?: string | undefined;
  /**
   * Host name of the load balancer's certificate, which CloudFront checks it by.
   *
   * @default - none
   */
  readonly originDomain?: string | undefined;
  /**
   * OIDC issuer that logs administrators in.
   *
   * @default - none
   */
  readonly oidcIssuer?: string | undefined;
  /**
   * Its authorization endpoint.
   *
   * @default - none
   */
  readonly oidcAuthorizationEndpoint?: string | undefined;
  /**
   * Its token endpoint.
   *
   * @default - none
   */
  readonly oidcTokenEndpoint?: string | undefined;
  /**
   * Its UserInfo endpoint.
   *
   * @default - none
   */
  readonly oidcUserInfoEndpoint?: string | undefined;
  /**
   * Client of Verified Access at that issuer.
   *
   * @default - none
   */
  readonly oidcClientId?: string | undefined;
  /**
   * Secret of Secrets Manager that holds that client's secret as plain text.
   *
   * @default - none
   */
  readonly oidcClientSecretArn?: string | undefined;
  /**
   * Scopes that Verified Access asks for.
   *
   * @default 'openid'
   */
  readonly oidcScope?: string | undefined;
  /**
   * Host names by which customers call, through CloudFront; CloudFront's own name by default.
   *
   * @default - CloudFront's own name
   */
  readonly customerDomains?: readonly string[] | undefined;
  /**
   * Certificate of those host names, in us-east-1.
   *
   * @default - none
   */
  readonly customerCertificateArn?: string | undefined;
  /**
   * Route 53 hosted zone that gets alias records for those host names.
   *
   * @default - none
   */
  readonly customerHostedZoneId?: string | undefined;
  /**
   * AWS WAF web ACL of the scope CLOUDFRONT to associate with CloudFront.
   *
   * @default - none
   */
  readonly customerWebAclArn?: string | undefined;
  /**
   * An existing S3 bucket for CloudFront's access logs, under the stack's name; it must have ACLs enabled.
   *
   * @default - none
   */
  readonly customerLogBucket?: string | undefined;
  /**
   * Where CloudFront serves from: 100 is North America, Europe and Israel, 200 all but South America, Australia and New Zealand, all everywhere.
   *
   * @default 'all'
   */
  readonly customerPriceClass?: '100' | '200' | 'all' | undefined;
}
