import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ENTRIES, type Entry } from '../../../infra/bundle/entries.ts';
import type { CodeFile } from '../../../infra/release/release.ts';
import { RELEASE_SHAPE_NAMES, type ReleaseShapeName } from '../../../infra/release/release-shapes.ts';
import { synthesized } from '../../../infra/release/synthesized.ts';
import { type ReleaseTemplate, releaseTemplate } from '../../../infra/release/template.ts';
import { comparable } from './comparable.ts';
import type { Template, Values } from './filled.ts';
import { appTemplate } from './release-context.ts';
import { required, valuesOf } from './values.ts';

const codeNamed = (hash: string) =>
  Object.fromEntries(
    ENTRIES.map((entry) => [entry, { name: `${entry}-${hash}.zip`, sha256: hash }]),
  ) as Record<Entry, CodeFile>;

const templates = new Map<ReleaseShapeName, ReleaseTemplate>();

function released(name: ReleaseShapeName): ReleaseTemplate {
  const made =
    templates.get(name) ?? releaseTemplate(name, { version: '1.2.3', code: codeNamed('one') }, synthesized);
  templates.set(name, made);
  return made;
}

/** The values, and the defaults of the parameters that have none. */
const complete = ({ Parameters }: ReleaseTemplate, values: Values): Values => ({
  ...Object.fromEntries(
    Object.entries(Parameters).map(([name, { Default }]) => [name, String(Default ?? '')]),
  ),
  ...values,
});

describe.each(RELEASE_SHAPE_NAMES)('the template %s', (name) => {
  const asTheApp = (values: Values) =>
    comparable(appTemplate(name, complete(released(name), values)), { BootstrapVersion: '' });
  const own = (values: Values) => comparable(released(name) as Template, values);

  it("is the app's stack with all defaults", () => {
    const values = required(released(name));
    expect(own(values)).toEqual(asTheApp(values));
  });

  it("is the app's stack with any other values", () => {
    fc.assert(
      fc.property(valuesOf(released(name)), (values) => {
        expect(own(values)).toEqual(asTheApp(values));
      }),
      { numRuns: 2 },
    );
  });

  it('contains no account or region, and nothing of the CDK or its bootstrap', () => {
    const { Resources, ...rest } = released(name);
    const text = JSON.stringify([Object.values(Resources), { ...rest, Rules: Object.keys(rest.Rules) }]);
    expect(text).not.toMatch(
      /\b\d{12}\b|arn:aws:|eu-west-1|us-east-1|aws:cdk|Bootstrap|TheStack(?![A-Za-z0-9]*[0-9A-F]{8}\b)/,
    );
  });
});
