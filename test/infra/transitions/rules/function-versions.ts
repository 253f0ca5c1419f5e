import { readFileSync } from 'node:fs';
import type { Finding, Rule } from '../finding.ts';
import { propertyOf, referenceOf } from '../template.ts';
import type { Change, Transition } from '../transition.ts';

const VERSION = 'AWS::Lambda::Version';

/** Properties of a function that its versions do not have. */
const UNVERSIONED: readonly string[] = JSON.parse(
  readFileSync(new URL('../unversioned.json', import.meta.url), 'utf8'),
);

/**
 * A change of a function needs a new version, or callers of its alias never see the change. And a new version
 * needs a change, or Lambda will not publish it.
 */
export const versionsFollowTheirFunction: Rule = (transition) =>
  transition.changes.flatMap((change): Finding[] => {
    if (change.kind === 'removed' || change.after.Type !== VERSION) return [];
    const { id } = change;
    const published = change.kind === 'created' || change.kind === 'replaced';
    const of = functionOf(transition, change);
    if (of === undefined || of.kind === 'created' || of.kind === 'removed') return [];
    const changed = of.kind === 'replaced' || of.properties.some((name) => !UNVERSIONED.includes(name));
    if (published && !changed && hadVersion(transition, of.id)) {
      const text = `is published although ${of.id} has not changed, which Lambda refuses`;
      return [{ kind: 'fails', id, type: VERSION, text }];
    }
    if (!published && changed) {
      const text = `is not published again although ${of.id} changes, so callers never see the change`;
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
