import type { ClaimRule, ClaimRules } from '../claim-rules.ts';
import type { Provider } from '../provider.ts';
import type { Route } from '../routes/route.ts';
import { ofPolicy, type Warning } from './warning.ts';

/** An issuer that gives anybody tokens for any audience: only a rule can say whose are accepted. */
interface SharedIssuer {
  /** Exact values of `iss`; `*` is one label of a host name. */
  readonly issuers: readonly string[];
  /** Who can get a token from it. */
  readonly callers: string;
  /**
   * Claims that say who is calling, by name or JSON Pointer; `*` at the end stands for any member. The best come
   * first.
   */
  readonly who: readonly string[];
}

/** AWS STS puts its own claims under this one, whose name is a URL with a slash at its end. */
const STS = '/https:~1~1sts.amazonaws.com~1';

/**
 * Leaves out claims that others can influence: somebody who runs another's pull request, reusable workflow or job
 * gets a token that names the other in `actor`, `job_workflow_ref` or `user_id`.
 */
export const SHARED_ISSUERS: readonly SharedIssuer[] = [
  {
    issuers: ['https://accounts.google.com', 'accounts.google.com'],
    callers: 'everybody with a Google account or a Google Cloud project',
    who: ['sub', 'email', 'hd'],
  },
  {
    issuers: ['https://token.actions.githubusercontent.com'],
    callers: 'every repository on GitHub',
    who: [
      'repository_id',
      'repository_owner_id',
      'repository',
      'repository_owner',
      'workflow_ref',
      'enterprise_id',
      'enterprise',
      'sub',
    ],
  },
  {
    issuers: ['https://gitlab.com'],
    callers: 'every project on GitLab.com',
    who: ['project_id', 'namespace_id', 'project_path', 'namespace_path', 'sub'],
  },
  {
    issuers: ['https://*.tokens.sts.global.api.aws'],
    callers: 'every principal of the AWS account whose policies allow it',
    who: [
      'sub',
      `${STS}/principal_id`,
      `${STS}/principal_tags/*`,
      `${STS}/org_id`,
      `${STS}/ou_path`,
      `${STS}/lambda_source_function_arn`,
      `${STS}/ec2_source_instance_arn`,
      `${STS}/identity_store_user_id`,
    ],
  },
  {
    issuers: ['https://app.terraform.io', 'https://app.eu.terraform.io'],
    callers: 'every organization of HCP Terraform',
    who: [
      'terraform_workspace_id',
      'terraform_project_id',
      'terraform_organization_id',
      'terraform_stack_id',
      'terraform_organization_name',
      'terraform_full_workspace',
      'sub',
    ],
  },
  {
    issuers: ['https://agent.buildkite.com'],
    callers: 'every organization of Buildkite',
    who: ['pipeline_id', 'organization_id', 'organization_slug', 'sub'],
  },
  {
    issuers: ['https://oidc.codefresh.io'],
    callers: 'every account of Codefresh',
    who: ['pipeline_id', 'account_id', 'account_name', 'sub'],
  },
  { issuers: ['https://scalr.io'], callers: 'every account of Scalr', who: ['sub'] },
  {
    issuers: ['https://oidc.vercel.com'],
    callers: 'every team of Vercel in the global issuer mode',
    who: ['project_id', 'owner_id', 'sub'],
  },
];

/** What is known about an issuer that signs for everybody; undefined for any other issuer. */
export const sharedIssuerOf = (issuer: string): SharedIssuer | undefined =>
  SHARED_ISSUERS.find((shared) => isOf(shared)(issuer));

/** Members of a rule that tie a claim to values. `exists` and `noneOf` alone would let everybody else in. */
const TYING = ['equals', 'anyOf', 'allOf', 'contains'];

/** Warns of such issuers' providers where a route accepts them without checking who is calling. */
export function sharedIssuerWarnings(providers: readonly Provider[], routes: readonly Route[]): Warning[] {
  return providers.flatMap((provider) =>
    SHARED_ISSUERS.flatMap((shared) => {
      const issuer = provider.type === 'jwks' ? provider.issuers.find(isOf(shared)) : undefined;
      if (issuer === undefined || saysWho(provider.requiredClaims, shared)) return [];
      const open = routes.filter(
        ({ providers, missing, claims }) =>
          !missing && providers.includes(provider) && !saysWho(claims, shared),
      );
      return open.length === 0 ? [] : warning(provider.name, issuer, shared, open);
    }),
  );
}

const warning = (
  name: string,
  issuer: string,
  { callers, who }: SharedIssuer,
  open: readonly Route[],
): Warning =>
  ofPolicy(
    'shared-issuer',
    `providers.${name}: ${callers} can ask ${issuer} for a token with any audience, and no rule says who may call ` +
      `${[...new Set(open.map(({ path }) => path ?? 'what no route matches'))].join(', ')}: add an equals, anyOf, allOf or ` +
      `contains for ${someOf(who)} to its requiredClaims, or to the claims of each such route`,
  );

/** The most claims that a warning names; the document lists them all. */
const MAX_NAMED = 3;

function someOf(who: readonly string[]): string {
  const named = who.slice(0, MAX_NAMED);
  if (who.length > MAX_NAMED)
    return `${named.join(', ')} or another claim that docs/identity-providers.md lists`;
  return named.length === 1 ? `${named[0]}` : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`;
}

const isOf =
  ({ issuers }: SharedIssuer) =>
  (issuer: string): boolean =>
    issuers.some((pattern) => {
      const [before = '', after] = pattern.split('*');
      if (after === undefined) return issuer === pattern;
      const label = issuer.slice(before.length, issuer.length - after.length);
      return issuer === before + label + after && /^[A-Za-z0-9-]+$/.test(label);
    });

const saysWho = (rules: ClaimRules, { who }: SharedIssuer): boolean =>
  rules.some(
    ([claim, rule]) => isTied(rule) && who.some((pattern) => covers(pointer(pattern), pointer(claim))),
  );

const isTied = (rule: ClaimRule): boolean => Object.keys(rule).some((member) => TYING.includes(member));

/** A claim as a JSON Pointer (RFC 6901 §3): its name can be given in either form. */
const pointer = (claim: string): string =>
  claim.startsWith('/') ? claim : `/${claim.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function covers(pattern: string, claim: string): boolean {
  if (!pattern.endsWith('/*')) return claim === pattern;
  const parent = pattern.slice(0, -1);
  return claim.startsWith(parent) && /^[^/]+$/.test(claim.slice(parent.length));
}
