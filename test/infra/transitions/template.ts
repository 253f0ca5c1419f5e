/** A CloudFormation resource as CDK synthesizes it. No template here has conditions. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** A property by its path, such as `Port` or `LoadBalancerOptions.LoadBalancerArn`. */
export function propertyOf({ Properties }: Resource, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => memberOf(value, name), Properties);
}

/** The logical ids that a value refers to, by Ref, Fn::GetAtt or Fn::Sub. */
export function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const reference = referenceOf(value);
  if (reference !== undefined) return [reference];
  const sub = memberOf(value, 'Fn::Sub');
  const text = Array.isArray(sub) ? sub[0] : sub;
  const substituted =
    typeof text === 'string' ? [...text.matchAll(/\$\{([A-Za-z0-9]+)/g)].map(([, id = '']) => id) : [];
  return [...substituted, ...Object.values(value).flatMap(referencesIn)];
}

/** The logical id in a value that is a Ref or a Fn::GetAtt. */
export function referenceOf(value: unknown): string | undefined {
  const ref = memberOf(value, 'Ref');
  if (typeof ref === 'string') return ref;
  const attribute = memberOf(value, 'Fn::GetAtt');
  const id = Array.isArray(attribute) ? attribute[0] : String(attribute ?? '').split('.')[0];
  return id === '' ? undefined : id;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
