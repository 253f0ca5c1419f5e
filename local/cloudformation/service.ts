import type { QueryService } from '../aws-api/query-service.ts';

/** A deployed stack, as tools see it. */
export interface DescribedStack {
  readonly name: string;
  /** Its ARN. */
  readonly id: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Serves CloudFormation's DescribeStacks, so that tools find the parts of a stack as they do in AWS.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export function createStacksService(stacks: readonly DescribedStack[]): QueryService {
  return {
    version: '2010-05-15',
    execute(action, parameters) {
      if (action !== 'DescribeStacks') {
        return invalid(
          'InvalidAction',
          `Could not find operation ${action}: only DescribeStacks is available here.`,
        );
      }
      const wanted = parameters.StackName;
      const found = stacks.filter(({ name, id }) => wanted === undefined || wanted === name || wanted === id);
      if (wanted !== undefined && found.length === 0) {
        return invalid('ValidationError', `Stack with id ${wanted} does not exist`);
      }
      return { ok: true, output: { Stacks: { member: found.map(described) } } };
    },
  };
}

const described = ({ name, id, outputs }: DescribedStack) => ({
  StackName: name,
  StackId: id,
  CreationTime: '2026-01-01T00:00:00.000Z',
  StackStatus: 'CREATE_COMPLETE',
  Outputs: {
    member: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  },
});

const invalid = (code: string, message: string) => ({ ok: false as const, error: { code, message } });
