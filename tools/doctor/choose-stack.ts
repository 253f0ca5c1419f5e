import { STACK_DESCRIPTION } from '../../infra/options/deployment-names.ts';
import { type DeployedStack, PATH_OUTPUT } from '../deployment/find-stack.ts';
import type { Place } from '../deployment/place.ts';
import { type Finding, problem, skipped } from './check.ts';

/** A stack whose first deploy failed has no outputs, and one whose load balancer verifies has no parameters. */
const isOurs = ({ outputs, description }: DeployedStack): boolean =>
  outputs[PATH_OUTPUT] !== undefined || description === STACK_DESCRIPTION;

/** The deployment that a command is about, among the stacks of an account and region, or why there is none. */
export function chooseStack(
  { stack: named, path }: Pick<Place, 'stack' | 'path'>,
  stacks: readonly DeployedStack[],
): DeployedStack | Finding {
  const ours = stacks.filter(isOurs);
  const fitting = ours.filter(({ outputs }) => path === undefined || outputs[PATH_OUTPUT] === path);
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const names = fitting.map(({ name }) => name).sort();
    return problem(
      `there are several deployments here: ${names.join(', ')}`,
      'Name one with --stack or --path.',
    );
  }
  if (named !== undefined && ours.length === 0) {
    return problem(
      `the stack ${named} is not a deployment of this app`,
      'Give --stack the name that cdk deploy printed.',
    );
  }
  if (ours.length > 0) {
    const paths = ours.flatMap(({ outputs }) => outputs[PATH_OUTPUT] ?? []).sort();
    const names = ours.map(({ name }) => name).sort();
    return problem(
      `no stack here has its parameters under ${path}`,
      paths.length > 0
        ? `Give --path one of ${paths.join(', ')}, or another --region.`
        : `Give --stack in place of --path (${names.join(', ')}), or another --region.`,
    );
  }
  if (path !== undefined) {
    return skipped(
      `there is none in this account and region, so only the parameters under ${path} are checked`,
    );
  }
  return skipped(
    'nothing is deployed in this account and region yet',
    'To deploy, run npx cdk deploy -c stage=trial, or production: README.md#deploy-it. If there is a deployment, give its --region or AWS_PROFILE.',
  );
}
