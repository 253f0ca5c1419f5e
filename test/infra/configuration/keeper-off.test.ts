import { describe, expect, test } from '@jest/globals';
import { ENVIRONMENT } from '../../../lambda/contract.ts';
import { contextOf, SHAPE_NAMES } from '../shapes.ts';
import { templateOf } from '../synth.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Resources that exist only for the keeper. */
const KEEPERS_OWN = ['AWS::Events::Rule', 'AWS::Lambda::Permission', 'AWS::CloudWatch::Alarm'];

/** What shows whether the keeper is on, in a property or a picture. */
const REVEALING = [
  'AWS::Lambda::Function',
  'Custom::AlbJwtAuthorizerConfiguration',
  'AWS::CloudWatch::Dashboard',
];

/** Shapes that have a verifier, and do not need the keeper. */
const shapes = SHAPE_NAMES.filter((name) => {
  const context: Readonly<Record<string, string>> = contextOf(name);
  return context.nativeOnly !== 'true' && context.functionEgress !== 'false' && context.keeper !== 'false';
});

/** Resources by id; versions, whose ids change with their contents, by type. */
function resourcesOf(context: Readonly<Record<string, string>>): Map<string, Resource> {
  const resources = Object.entries(templateOf(context).toJSON().Resources as Record<string, Resource>);
  const named = resources.map(([id, resource]): [string, string] => [
    id,
    resource.Type === 'AWS::Lambda::Version' ? id.replace(/CurrentVersion.*/, 'Version') : id,
  ]);
  const rename = (text: string) =>
    named.reduce((all, [id, name]) => all.replaceAll(`"${id}"`, `"${name}"`), text);
  return new Map(Object.entries(JSON.parse(rename(JSON.stringify(Object.fromEntries(resources))))));
}

describe.each(shapes)('%s without the keeper', (name) => {
  const on = resourcesOf(contextOf(name));
  const off = resourcesOf({ ...contextOf(name), keeper: 'false' });

  test("lacks only the keeper's own resources", () => {
    const gone = [...on].filter(([id]) => !off.has(id)).map(([, { Type }]) => Type);
    expect(gone).toContain('AWS::Events::Rule');
    expect(gone.filter((type) => !KEEPERS_OWN.includes(type))).toEqual([]);
    expect([...off.keys()].filter((id) => !on.has(id))).toEqual([]);
  });

  test('is otherwise the same, so that the keeper can be turned on and off in place', () => {
    const other = [...off].filter(
      ([id, resource]) => JSON.stringify(resource) !== JSON.stringify(on.get(id)),
    );
    expect(other.map(([, { Type }]) => Type).filter((type) => !REVEALING.includes(type))).toEqual([]);
    expect(JSON.stringify([...off.values()])).not.toContain(ENVIRONMENT.snapshotUrl);
  });
});
