import type { Finding, Rule } from '../finding.ts';
import { propertyOf, referenceOf } from '../template.ts';
import type { Change, Transition } from '../transition.ts';

const VERSION = 'AWS::Lambda::Version';

/**
 * A change of a function needs a new version, or callers of its alias never see the change. And a new version
 * needs a change, or Lambda refuses to publish it.
 */
export const versionsFollowTheirFunction: Rule = (transition) =>
  transition.changes.flatMap((change): Finding[] => {
    if (change.kind === 'removed' || change.after.Type !== VERSION) return [];
    const { id } = change;
    const published = change.kind === 'created' || change.kind === 'replaced';
    const of = functionOf(transition, change);
    if (published && of?.kind === 'kept' && hadVersion(transition, of.id)) {
      const text = `is published though ${of.id} is as it was, which Lambda refuses`;
      return [{ kind: 'fails', id, type: VERSION, text }];
    }
    if (!published && (of?.kind === 'modified' || of?.kind === 'replaced')) {
      const text = `stays while ${of.id} changes, so callers never see the change`;
      return [{ kind: 'fails', id, type: VERSION, text }];
    }
    return [];
  });

function functionOf(
  { changes }: Transition,
  version: Exclude<Change, { kind: 'removed' }>,
): Change | undefined {
  const id = referenceOf(propertyOf(version.after, 'FunctionName'));
  return changes.find((change) => change.id === id);
}

function hadVersion({ before }: Transition, functionId: string): boolean {
  return Object.values(before.Resources).some(
    (resource) =>
      resource.Type === VERSION && referenceOf(propertyOf(resource, 'FunctionName')) === functionId,
  );
}
