import { isLoopback } from '../../../lambda/core/config/url.ts';
import { AwsFailure } from '../../aws-call.ts';
import { defineCheck, type Finding, found, ok, problem, warning } from '../check.ts';
import { findingOf } from '../finding-of.ts';
import type { World } from '../world.ts';

/** Credentials that expire sooner, in minutes, may expire during a deploy. */
const SOON_MINUTES = 15;

const credentials = defineCheck({
  id: 'credentials',
  title: 'Credentials',
  about: 'the account and principal, and whether the credentials are about to expire',
  actions: ['sts:GetCallerIdentity'],
  scope: 'aws',
  gives: ['principal', 'clockAhead'],
  async run(_, { aws, now, place, environment }) {
    try {
      const { account, arn, expiresAt } = await aws.identity();
      const { clockAhead } = facts(aws.clockAhead());
      const time = now() - (clockAhead ?? 0) * 1000;
      const minutes = expiresAt === undefined ? Number.POSITIVE_INFINITY : (expiresAt - time) / 60_000;
      const profile = environment.AWS_PROFILE === undefined ? '' : `, profile ${environment.AWS_PROFILE}`;
      const whose = `account ${account}, ${arn}${profile}`;
      const finding =
        minutes < SOON_MINUTES
          ? warning(
              `${whose}: they expire in ${Math.max(0, Math.floor(minutes))} minutes`,
              'Renew them before a deploy, which may take longer: aws sso login, or assume the role again.',
            )
          : ok(whose);
      return found(finding, { principal: arn, ...(clockAhead !== undefined && { clockAhead }) });
    } catch (error) {
      return found(failureFinding(error, place), facts(aws.clockAhead()));
    }
  },
});

/** Asking for the identity needs no permission. So what is denied is a step towards the credentials, such as assuming a role. */
function failureFinding(error: unknown, { endpoint }: World['place']): Finding {
  if (!(error instanceof AwsFailure)) return findingOf(error);
  const { detail, remedy } = error.account;
  const own = endpoint !== undefined && isLoopback(endpoint);
  return problem(
    detail,
    own
      ? 'Check --endpoint-url; for the stack that npm start runs, give --local (and --port) in place of it.'
      : remedy,
  );
}

const facts = (clockAhead: number | undefined) => (clockAhead === undefined ? {} : { clockAhead });

/** How much the clocks of issuers and of this machine may differ without effect, in seconds. */
const TOLERATED_SECONDS = 30;

/** What AWS accepts in a signature. https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
const ACCEPTED_SECONDS = 5 * 60;

const clock = defineCheck({
  id: 'clock',
  title: 'Clock',
  about: "this machine's clock against AWS's: signatures and tokens depend on it",
  scope: 'aws',
  needs: ['clockAhead'],
  run({ clockAhead }) {
    const seconds = Math.round(Math.abs(clockAhead));
    if (seconds <= TOLERATED_SECONDS) return found(ok('agrees with AWS'));
    const detail = `is ${seconds} seconds ${clockAhead > 0 ? 'ahead of' : 'behind'} AWS`;
    const remedy =
      'Set it, and turn on synchronization (NTP); tokens made or checked on this machine depend on it.';
    return found(seconds > ACCEPTED_SECONDS ? problem(detail, remedy) : warning(detail, remedy));
  },
});

const region = defineCheck({
  id: 'region',
  title: 'Region',
  about: 'whether a region is set, and by what',
  scope: 'aws',
  gives: ['region'],
  async run(_, { aws, environment }) {
    const { AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE = 'default' } = environment;
    try {
      const name = await aws.region();
      const by = AWS_REGION === undefined ? `from the profile ${AWS_PROFILE}` : 'from --region or AWS_REGION';
      return found(ok(`${name}, ${by}`), { region: name });
    } catch (error) {
      if (AWS_DEFAULT_REGION === undefined) throw error;
      return found(
        problem(
          'AWS_REGION is not set; AWS_DEFAULT_REGION is, but these tools do not read it',
          `Set AWS_REGION to ${AWS_DEFAULT_REGION}: the AWS CLI and the CDK read it, too.`,
        ),
      );
    }
  },
});

/** The bootstrap version that stacks of aws-cdk-lib require. */
export const REQUIRED_BOOTSTRAP = 6;

const DEFAULT_QUALIFIER = 'hnb659fds';

const bootstrap = defineCheck({
  id: 'bootstrap',
  title: 'CDK bootstrap',
  about:
    'whether the account and region are bootstrapped with the qualifier in `cdk.json`, and with a recent enough version',
  actions: ['ssm:GetParameters'],
  scope: 'aws',
  needs: ['principal', 'region'],
  async run(_, { aws, machine }) {
    const qualifier = qualifierOf((await machine.readFile('cdk.json')) ?? '');
    if (qualifier === undefined) {
      return found(
        problem(
          'cdk.json is missing or is not JSON',
          'Restore it with git, or correct it: cdk synth reads it, too.',
        ),
      );
    }
    const name = `/cdk-bootstrap/${qualifier}/version`;
    const version = await aws.parameter(name);
    const option = qualifier === DEFAULT_QUALIFIER ? '' : ` --qualifier ${qualifier}`;
    if (version === undefined) {
      const otherwise =
        option === ''
          ? 'If it was bootstrapped with another qualifier, set that in cdk.json: docs/deploying.md#permissions-boundary-and-qualifier'
          : 'The qualifier is that of cdk.json: docs/deploying.md#permissions-boundary-and-qualifier';
      return found(
        problem(
          `account and region are not bootstrapped: there is no parameter ${name}`,
          `Run npx cdk bootstrap${option}. ${otherwise}`,
        ),
      );
    }
    if (!(Number(version) >= REQUIRED_BOOTSTRAP)) {
      return found(
        problem(
          `version ${version} of the bootstrap stack is too old: a deploy needs ${REQUIRED_BOOTSTRAP}`,
          `Run npx cdk bootstrap${option}, which updates it.`,
        ),
      );
    }
    return found(ok(`version ${version}, qualifier ${qualifier}`));
  },
});

/** The qualifier that a cdk.json names; undefined if it is not JSON. */
function qualifierOf(text: string): string | undefined {
  try {
    const { context = {} } = JSON.parse(text) as { readonly context?: Readonly<Record<string, unknown>> };
    const given = context['@aws-cdk/core:bootstrapQualifier'];
    return typeof given === 'string' ? given : DEFAULT_QUALIFIER;
  } catch {
    return undefined;
  }
}

export const ACCOUNT_CHECKS = [credentials, clock, region, bootstrap] as const;
