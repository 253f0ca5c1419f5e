import type { Template } from 'aws-cdk-lib/assertions';

/** A request to S3 or KMS. */
export interface Access {
  /** ARN of a role, without its session. */
  readonly principal?: string;
  readonly action: string;
  readonly resource: string;
  /** Further condition keys of the request. It uses TLS unless this says otherwise. */
  readonly context?: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

/**
 * Decides as IAM does within one account: an Allow of the role's own policies, and no Deny there, in a bucket's or in
 * the key's. `administrators` may do everything by their own policy. The key's policy leaves it to IAM to allow.
 */
export function createAccessCheck(template: Template) {
  const resolve = resolverOf(template);
  const statementsIn = (document: unknown) => (resolve(document) as { Statement: Statement[] }).Statement;
  const roles = new Map(
    Object.entries(template.findResources('AWS::IAM::Role')).map(([id, { Properties }]) => [
      resolve({ 'Fn::GetAtt': [id, 'Arn'] }) as string,
      ((Properties.Policies ?? []) as { PolicyDocument: unknown }[]).flatMap(({ PolicyDocument }) =>
        statementsIn(PolicyDocument),
      ),
    ]),
  );
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
    for (const { Ref } of Properties.Roles as { Ref: string }[]) {
      roles
        .get(resolve({ 'Fn::GetAtt': [Ref, 'Arn'] }) as string)
        ?.push(...statementsIn(Properties.PolicyDocument));
    }
  }
  const guards = Object.values(template.findResources('AWS::S3::BucketPolicy')).flatMap(({ Properties }) =>
    statementsIn(Properties.PolicyDocument),
  );
  for (const [id, { Properties }] of Object.entries(template.findResources('AWS::KMS::Key'))) {
    const Resource = resolve({ 'Fn::GetAtt': [id, 'Arn'] }) as string;
    const denying = statementsIn(Properties.KeyPolicy).filter(({ Effect }) => Effect === 'Deny');
    guards.push(...denying.map((statement) => ({ ...statement, Resource })));
  }
  const everything: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };
  return {
    resolve,
    /** The ARN of the role of the function with a handler. */
    roleOf(handler: string): string {
      const [fn] = Object.values(
        template.findResources('AWS::Lambda::Function', { Properties: { Handler: handler } }),
      );
      return resolve(fn?.Properties.Role) as string;
    },
    isAllowed(access: Access): boolean {
      const own = roles.get(access.principal ?? '') ?? [everything];
      const applying = [...own, ...guards].filter((statement) => applies(statement, access));
      return (
        applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny')
      );
    },
  };
}

function applies({ Action, NotAction, Resource, Condition = {} }: Statement, access: Access): boolean {
  const context: Record<string, string> = {
    'aws:SecureTransport': 'true',
    ...(access.principal === undefined ? {} : { 'aws:PrincipalArn': access.principal }),
    ...access.context,
  };
  return (
    [Action ?? '*'].flat().some((pattern) => isLike(access.action, pattern)) &&
    ![NotAction ?? []].flat().some((pattern) => isLike(access.action, pattern)) &&
    [Resource].flat().some((pattern) => isLike(access.resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, context[key], [values].flat())),
    )
  );
}

function holds(operator: string, value: string | undefined, patterns: readonly string[]): boolean {
  const isAny = value !== undefined && patterns.some((pattern) => isLike(value, pattern));
  switch (operator) {
    case 'Bool':
    case 'StringEquals':
    case 'ForAllValues:StringEquals':
      return value !== undefined && patterns.includes(value);
    case 'StringLike':
      return isAny;
    case 'StringLikeIfExists':
      return value === undefined || isAny;
    case 'ArnNotLike':
      return !isAny;
    default:
      throw new Error(`No condition ${operator} here: add it`);
  }
}

function isLike(value: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(value);
}

/** Replaces references with names and ARNs, as a deploy in an account would. */
function resolverOf(template: Template): (value: unknown) => unknown {
  const { Resources } = template.toJSON();
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
  };
  const arnOf = (id: string): string => {
    const { Type, Properties } = Resources[id];
    if (Type === 'AWS::S3::Bucket') return `arn:aws:s3:::${id.toLowerCase()}`;
    return Type === 'AWS::IAM::Role'
      ? `arn:aws:iam::${ACCOUNT}:role${resolve(Properties.Path ?? '/')}${id}`
      : `arn:aws:other:${REGION}:${ACCOUNT}:${id}`;
  };
  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const members = value as Readonly<Record<string, unknown>>;
    if ('Ref' in members) return pseudo[String(members.Ref)] ?? String(members.Ref);
    if ('Fn::GetAtt' in members) return arnOf((members['Fn::GetAtt'] as string[])[0] ?? '');
    if ('Fn::Join' in members) {
      const [separator, parts] = members['Fn::Join'] as [string, unknown[]];
      return parts.map(resolve).join(separator);
    }
    return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, resolve(member)]));
  }
  return resolve;
}
