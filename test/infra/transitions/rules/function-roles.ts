import type { Rule } from '../finding.ts';
import { propertyOf, type Resource, referenceOf } from '../template.ts';

const ROLE = 'AWS::IAM::Role';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/**
 * An alias leaves a version only after its successor is published. Until then the old version runs with the role
 * that it was published with, so if that role is narrowed in place the cold starts of the old version fail.
 */
export const publishedVersionsMayReadOn: Rule = ({ before, changes }) =>
  changes.flatMap((change) => {
    if (change.kind !== 'modified' || change.after.Type !== ROLE) return [];
    const isPublished = Object.values(before.Resources).some(
      (resource) =>
        resource.Type === 'AWS::Lambda::Version' &&
        roleOf(before.Resources[referenceOf(propertyOf(resource, 'FunctionName')) ?? '']) === change.id,
    );
    if (!isPublished) return [];
    const now = new Set(readsOf(change.after));
    const lost = readsOf(change.before).filter((read) => !now.has(read));
    const text = `loses ${lost.join(' and ')} in place, while an alias still points to a version that uses it`;
    return lost.length === 0 ? [] : [{ kind: 'fails', id: change.id, type: ROLE, text }];
  });

const roleOf = (resource: Resource | undefined) =>
  resource === undefined ? undefined : referenceOf(propertyOf(resource, 'Role'));

/** What a role allows the function itself to read: the other actions are Lambda's or X-Ray's. */
function readsOf(role: Resource): string[] {
  const policies = (propertyOf(role, 'Policies') ?? []) as readonly {
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  }[];
  return policies
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource: resources }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          /^(?:ssm|s3):/.test(action)
            ? [resources].flat().map((resource) => `${action} on ${JSON.stringify(resource)}`)
            : [],
        ),
    );
}
