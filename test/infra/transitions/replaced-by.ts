import { readFileSync } from 'node:fs';

/**
 * For each type of resource the properties that CloudFormation cannot change without replacing the resource:
 * "Update requires: Replacement" in its documentation, `createOnlyProperties` in the type's schema.
 */
const REPLACED_BY: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL('replaced-by.json', import.meta.url), 'utf8'),
);

/** The paths of those properties of a type. @throws Error for a type that is not in the table. */
export function replacedBy(type: string): readonly string[] {
  if (isCustom(type)) return [];
  const properties = REPLACED_BY[type];
  if (properties === undefined) {
    throw new Error(`${type} is not in replaced-by.json; add it from ${documentationOf(type)}`);
  }
  return properties;
}

/** Whether it is a custom resource, whose function decides about its replacement. */
export function isCustom(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** The page of the documentation that says for each property what an update requires. */
export function documentationOf(type: string): string {
  const [, service = '', resource = ''] = type.toLowerCase().split('::');
  return `https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-${service}-${resource}.html`;
}
