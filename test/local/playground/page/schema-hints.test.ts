import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  descriptionAt,
  membersAt,
  type Path,
  type Schema,
  valuesAt,
} from '../../../../local/playground/page/schema-hints.ts';

const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(new URL(`../../../../schema/${name}.schema.json`, import.meta.url), 'utf8'));
const POLICY = schemaOf('policy');
const none = () => undefined;
const namesAt = (path: Path, type: (path: Path) => string | undefined = none) =>
  membersAt(POLICY, path, type).map(({ name }) => name);

test("suggests the schema's members of a policy and of a route, with their descriptions", () => {
  expect(namesAt([])).toEqual(Object.keys(POLICY.properties ?? {}));
  expect(membersAt(POLICY, ['routes', 0], none)).toContainEqual({
    name: 'path',
    description: expect.stringMatching(/./),
    required: true,
    value: ['"', '"'],
  });
});

test("suggests the members of a provider's type, or of all types while it has none", () => {
  const jwks = namesAt(['providers', 'p'], () => 'jwks');
  expect(jwks).toContain('jwksUri');
  expect(jwks).not.toContain('instanceArn');
  const staff = namesAt(['providers', 'p'], () => 'verified-access');
  expect(staff).toContain('instanceArn');
  expect(staff).not.toContain('jwksUri');
  expect(namesAt(['providers', 'p'])).toEqual(expect.arrayContaining(['jwksUri', 'instanceArn']));
  expect(namesAt(['providers', 'p'], () => 'no such type').length).toBeGreaterThan(jwks.length);
});

test('suggests the values that the schema lists, and both values of a boolean', () => {
  expect(valuesAt(POLICY, ['unmatched'], none)).toEqual(['"authenticate"', '"deny"']);
  expect(valuesAt(POLICY, ['preserveHost'], none)).toEqual(['true', 'false']);
  expect(valuesAt(POLICY, ['providers', 'p', 'type'], none)).toContain('"spiffe"');
  expect(valuesAt(POLICY, ['paths', 'readings', 3], none)).toContain('"fold"');
});

describe('suggests nothing', () => {
  test.each<[Path]>([
    [['no', 'such', 'member']],
    [['routes', 'x']],
    [['unmatched', 'x']],
    [['__proto__']],
    [['constructor', 'prototype']],
  ])('for %j', (path) => {
    expect([namesAt(path), valuesAt(POLICY, path, none), descriptionAt(POLICY, path, none)]).toEqual([[], [], undefined]); // biome-ignore format: one line
  });
});

test('opens and closes a value as its type requires', () => {
  const bracketsOf = (path: Path, wanted: string) =>
    membersAt(POLICY, path, none).find(({ name }) => name === wanted)?.value;
  expect(bracketsOf([], 'routes')).toEqual(['[', ']']);
  expect(bracketsOf([], 'providers')).toEqual(['{ ', ' }']);
  expect(bracketsOf([], 'preserveHost')).toEqual(['', '']);
  expect(bracketsOf([], 'unmatched')).toEqual(['"', '"']);
});

test('suggests the same members in revocations for every issuer', () => {
  const names = membersAt(schemaOf('revocations'), ['https://issuer.example'], none).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['jti', 'sub', 'client_id', 'issuedBefore']));
});
