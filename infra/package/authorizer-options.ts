// Written by npm run docs:options.
import type { aws_logs as logs } from 'aws-cdk-lib';
import type { NativeClaim } from '../options/native-claims.ts';

/** The options of docs/options.md as properties, except those that only the app takes. */
export interface AuthorizerOptions {
  /**
   * How old the configuration may get before the function refreshes it, in seconds.
   *
   * @default 60
   */
  readonly configRefreshSeconds?: number | undefined;
  /**
   * One function that reads the parameters and key sets for all verifiers, whenever a parameter changes and every minute; without it each execution environment reads them itself.
   *
   * @default true
   */
  readonly keeper?: boolean | undefined;
  /**
   * Keys and secrets that all verifiers share; the keeper makes and rotates them, in a bucket that has its own KMS key.
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
   * A load balancer without a public address; by default only its own VPC can call it.
   *
   * @default false
   */
  readonly internal?: boolean | undefined;
  /**
   * Who may call an internal load balancer instead of its VPC: IPv4 and IPv6 ranges and prefix lists, such as those of a peered VPC or a VPN.
   *
   * @default - the range of the VPC
   */
  readonly allowedCidrs?: readonly string[] | undefined;
  /**
   * Paths routed to the function: `*` matches any number of characters and `?` exactly one; a pattern such as `/api/*` also matches `/api`.
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
   * Priority of the first listener rule, and the start of the range from which further rules get theirs; the synth prints both.
   *
   * @default 10
   */
  readonly rulePriority?: number | undefined;
  /**
   * Whether a listener rule sends requests for `/.well-known/oauth-protected-resource` and the paths below it to the function, which serves the metadata of the policy's `resources` there; true by default, except on an existing listener (`listenerArn`) and where `rulePriority` or the wildcards of a host leave no room for the rule.
   *
   * @default - true; false with listenerArn, or without room for the rule
   */
  readonly resourceDocuments?: boolean | undefined;
  /**
   * Domain name of the API: it gets an alias record and, without `certificateArn`, a certificate validated by DNS.
   *
   * @default - none
   */
  readonly domainName?: string | undefined;
  /**
   * Route 53 hosted zone for that name, in the stack's account.
   *
   * @default - none
   */
  readonly hostedZoneId?: string | undefined;
  /**
   * Certificate for an HTTPS listener on port 443.
   *
   * @default - none
   */
  readonly certificateArn?: string | undefined;
  /**
   * Further certificates for that listener; it presents the one that matches the name the client asks for (SNI).
   *
   * @default - none
   */
  readonly sniCertificateArns?: readonly string[] | undefined;
  /**
   * Port 80 when there is a certificate: `closed` by default; with `redirect`, a client that calls it sends its token in clear text before it is redirected.
   *
   * @default - closed
   */
  readonly http?: 'closed' | 'redirect' | undefined;
  /**
   * Whether the load balancer is protected from deletion; by default, only if it has a certificate. Turn this off in a separate deploy before you destroy the stack or replace the load balancer.
   *
   * @default - true with a certificate, false without
   */
  readonly deletionProtection?: boolean | undefined;
  /**
   * What the load balancer does with requests that two servers might read differently: `strictest` blocks every request that does not comply with RFC 7230, `defensive` those known to be dangerous, `monitor` none.
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
   * Time limit for one request in seconds, including the wait for the upstream.
   *
   * @default 30
   */
  readonly timeoutSeconds?: number | undefined;
  /**
   * How a new version takes over the requests: `allAtOnce`, or gradually through CodeDeploy, which rolls back if an alarm goes off meanwhile: `canary10percent5minutes`, `canary10percent10minutes`, `canary10percent15minutes`, `canary10percent30minutes`, `linear10percentEvery1minute`, `linear10percentEvery2minutes`, `linear10percentEvery3minutes`, `linear10percentEvery10minutes`.
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
   * Concurrency reserved for the function, which is also its limit: requests beyond it get 502.
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
   * Share of the allowed requests that are logged, from 0 to 1; requests with any other outcome are always logged.
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
   * CloudWatch alarms, each with a link to its entry in the runbook.
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
   * Share of rejected requests that triggers the rejection alarm, in percent.
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
   * KMS key that encrypts the log groups and the snapshot bucket; its policy must let CloudWatch Logs use it. The shared secrets have their own key, and access logs cannot use one.
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
   * An existing listener to add the rules to; the stack then has no VPC and no load balancer of its own.
   *
   * @default - none
   */
  readonly listenerArn?: string | undefined;
  /**
   * An existing load balancer to add a listener to; the stack then has no VPC and no load balancer of its own.
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
   * ID of the hosted zone of that DNS name, which belongs to AWS (`CanonicalHostedZoneId`).
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
   * Security group of the existing load balancer; a deploy does not change it.
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
   * Number of execution environments that Lambda keeps ready behind an alias; they cost money even when idle.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number | undefined;
  /**
   * Subnets for the function, if its upstream is private; they need a route to the snapshot in S3, or to SSM and the key sets.
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
   * Route tables of those subnets; they get an S3 gateway endpoint that allows only the snapshot and the shared secrets, so whatever uses these tables reaches nothing else in S3.
   *
   * @default - none
   */
  readonly functionRouteTableIds?: readonly string[] | undefined;
  /**
   * VPC of those route tables; the synth does not look it up.
   *
   * @default - none
   */
  readonly functionVpcId?: string | undefined;
  /**
   * Whether the function can reach key endpoints from those subnets; with `false` the keeper fetches all keys, and providers with signed headers cannot be used.
   *
   * @default true
   */
  readonly functionEgress?: boolean | undefined;
  /**
   * A second function: a Lambda authorizer for API Gateway that makes the same decisions.
   *
   * @default false
   */
  readonly authorizer?: boolean | undefined;
  /**
   * How the authorizer responds to an HTTP API with payload format 2.0: `simple` or `iam`.
   *
   * @default 'simple'
   */
  readonly httpApiResponse?: 'simple' | 'iam' | undefined;
  /**
   * Whether any API caches the authorizer's responses; if so, the authorizer rejects a policy that reads tokens from anywhere but Authorization, limits the age of logins, or has a resource that only some pages may call.
   *
   * @default false
   */
  readonly authorizerCache?: boolean | undefined;
  /**
   * The load balancer's own JWT verification in front of the function, so that a flood of bad tokens causes no invocations; HTTPS only.
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
   * The only "aud" that native verification accepts.
   *
   * @default - none
   */
  readonly nativeAudience?: string | undefined;
  /**
   * A scope that native verification requires of every token.
   *
   * @default - none
   */
  readonly nativeScope?: string | undefined;
  /**
   * Further claims that native verification requires, a JSON list of {"name", "format", "values"}; at most 10, including audience and scope.
   *
   * @default - none
   */
  readonly nativeClaims?: readonly NativeClaim[] | undefined;
  /**
   * An internal load balancer that customers reach through CloudFront and administrators, for `/api/admin/*`, through AWS Verified Access; needs the admin and OIDC options below.
   *
   * @default false
   */
  readonly verifiedAccess?: boolean | undefined;
  /**
   * Host name that administrators call through Verified Access.
   *
   * @default - none
   */
  readonly adminDomain?: string | undefined;
  /**
   * Certificate for that host name, in the region of the stack.
   *
   * @default - none
   */
  readonly adminCertificateArn?: string | undefined;
  /**
   * Host name in the load balancer's certificate, against which CloudFront checks it.
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
   * That issuer's authorization endpoint.
   *
   * @default - none
   */
  readonly oidcAuthorizationEndpoint?: string | undefined;
  /**
   * That issuer's token endpoint.
   *
   * @default - none
   */
  readonly oidcTokenEndpoint?: string | undefined;
  /**
   * That issuer's UserInfo endpoint.
   *
   * @default - none
   */
  readonly oidcUserInfoEndpoint?: string | undefined;
  /**
   * Client ID of Verified Access at that issuer.
   *
   * @default - none
   */
  readonly oidcClientId?: string | undefined;
  /**
   * Secrets Manager secret that holds that client's secret as plain text.
   *
   * @default - none
   */
  readonly oidcClientSecretArn?: string | undefined;
  /**
   * Scopes that Verified Access requests.
   *
   * @default 'openid'
   */
  readonly oidcScope?: string | undefined;
  /**
   * Host names that customers call through CloudFront; by default CloudFront's own name.
   *
   * @default - CloudFront's own name
   */
  readonly customerDomains?: readonly string[] | undefined;
  /**
   * Certificate for those host names, in us-east-1.
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
   * AWS WAF web ACL to associate with CloudFront; its scope must be CLOUDFRONT.
   *
   * @default - none
   */
  readonly customerWebAclArn?: string | undefined;
  /**
   * An existing S3 bucket for CloudFront's access logs, with the stack's name as their prefix; the bucket must have ACLs enabled.
   *
   * @default - none
   */
  readonly customerLogBucket?: string | undefined;
  /**
   * Where CloudFront serves from: `100` means North America, Europe and Israel; `200` everywhere except South America, Australia and New Zealand; `all` everywhere.
   *
   * @default 'all'
   */
  readonly customerPriceClass?: '100' | '200' | 'all' | undefined;
}
