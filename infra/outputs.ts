import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Outputs of a stack, by name. */
export type Outputs = Readonly<Record<string, readonly [value: string, description: string]>>;

export function addOutputs(stack: Construct, outputs: Outputs): void {
  for (const [name, [value, description]] of Object.entries(outputs)) {
    new CfnOutput(stack, name, { value, description });
  }
}
