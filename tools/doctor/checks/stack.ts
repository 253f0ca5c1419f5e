import { AwsFailure } from '../../aws-call.ts';
import { type DeployedStack, noLocalStack, PATH_OUTPUT } from '../../deployment/find-stack.ts';
import { sameEndpoint } from '../../deployment/place.ts';
import { defineCheck, type Finding, found, ok, problem, skipped, warning } from '../check.ts';
import { chooseStack } from '../choose-stack.ts';
import { findingOf } from '../finding-of.ts';
import { stackStatusFinding } from '../stack-status.ts';
import type { World } from '../world.ts';

/** In AWS. */
const deployed = defineCheck({
  id: 'stack',
  title: 'Stack',
  about: 'which deployment this is, and what its status means',
  actions: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
  scope: 'aws',
  needs: ['principal', 'region'],
  gives: ['stack', 'resources', 'path'],
  async run({ region }, { aws, place }) {
    // Credentials that may not describe stacks may still read the parameters.
    const known = place.path === undefined ? {} : { path: place.path };
    const chosen = await stackOf({ aws, place }).catch((error: unknown) => failureFinding(error, place));
    if ('detail' in chosen) return found(chosen, known);
    const findings = [stackStatusFinding(chosen.name, chosen.status, sameEndpoint(place))];
    const [, , , home] = chosen.id.split(':');
    if (home !== undefined && home !== region) {
      findings.push(
        warning(
          `its region is ${home}, and calls go to ${region}`,
          `Give --region ${home}, or set AWS_REGION.`,
        ),
      );
    }
    const path = chosen.outputs[PATH_OUTPUT];
    const facts = { stack: chosen, ...known, ...(path !== undefined && { path }) };
    const without = isNative(chosen) ? NATIVE : {};
    try {
      return found(findings, { ...facts, resources: await aws.resources(chosen) }, without);
    } catch (error) {
      return found([...findings, findingOf(error)], facts, without);
    }
  },
});

/** Whether the load balancer itself verifies tokens. A stack that is not complete has no outputs at all. */
const isNative = ({ outputs }: DeployedStack): boolean =>
  outputs[PATH_OUTPUT] === undefined && outputs.ListenerArn !== undefined;

const NATIVE = { path: 'the load balancer itself verifies tokens, so there are no parameters and no keeper' };

function failureFinding(error: unknown, { path }: World['place']): Finding {
  if (path !== undefined || !(error instanceof AwsFailure) || !error.account.denied) return findingOf(error);
  const { detail, remedy } = error.account;
  return skipped(detail, `${remedy} Or give --path PREFIX, to check only the parameters.`);
}

async function stackOf({
  aws,
  place,
}: Pick<World, 'aws' | 'place'>): Promise<ReturnType<typeof chooseStack>> {
  try {
    return chooseStack(place, await aws.stacks());
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    if (place.local) {
      const { detail, remedy } = noLocalStack(place, error);
      return problem(detail, remedy);
    }
    if (!/does not exist/.test(error.account.detail)) throw error;
    return problem(
      `there is no stack ${place.stack} in this account and region`,
      'Check --stack, --region and AWS_PROFILE, or deploy it: npx cdk deploy -c stage=STAGE',
    );
  }
}

/** The stack of `npm start`, the only one at its endpoint. */
const local = defineCheck({
  id: 'local-stack',
  title: 'Local stack',
  about: 'with `--local`: whether `npm start` runs at this port',
  scope: 'local',
  gives: ['stack', 'path'],
  async run(_, { aws, place }) {
    const chosen = await stackOf({ aws, place });
    if ('detail' in chosen) return found(chosen);
    const path = chosen.outputs[PATH_OUTPUT];
    return found(ok(`${chosen.name}, at ${place.endpoint?.origin}`), {
      stack: chosen,
      ...(path !== undefined && { path }),
    });
  },
});

export const STACK_CHECKS = [deployed, local] as const;
