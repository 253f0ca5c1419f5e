import { expect, test } from '@jest/globals';
import { codeOf, sourcesUnder, textOf } from './sources.ts';

const FOLDERS = ['lambda', 'infra', 'local', 'tools', 'test', 'bench'];
const SOURCES = FOLDERS.flatMap(sourcesUnder);
const OURS = SOURCES.filter((path) => !path.startsWith('test/architecture/'));

const having = (pattern: RegExp, paths: readonly string[] = OURS): string[] =>
  paths.filter((path) => pattern.test(codeOf(path)));

test('finds sources to check', () => expect(SOURCES.length).toBeGreaterThan(60));

test('no file has a default export', () => expect(having(/^export default\b|\bas default\b/m)).toEqual([]));

test('no file has an enum or a namespace', () => {
  expect(having(/^\s*(?:export )?(?:declare )?(?:const )?(?:enum|namespace) /m)).toEqual([]);
});

test('no file is a catch-all or a barrel', () => {
  const drawer = /\/(?:utils?|helpers?|index|common|misc|base|types|constants)\.[a-z]+$/;
  expect(SOURCES.filter((path) => drawer.test(path))).toEqual([]);
  expect(having(/^export \* from/m)).toEqual([]);
});

test('file names are kebab-case', () => {
  const name =
    /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d|(?:\.property)?\.test)?\.(?:ts|mjs|js)$/;
  expect(SOURCES.filter((path) => !name.test(path))).toEqual([]);
});

test('lambda/ has no classes except errors', () => {
  const classes = sourcesUnder('lambda').flatMap(
    (path) => codeOf(path).match(/^\s*(?:export )?(?:abstract )?class .*$/gm) ?? [],
  );
  expect(classes.filter((line) => !/ extends \w*Error\b/.test(line))).toEqual([]);
});

test('no test is focused or skipped', () => {
  const tests = sourcesUnder('test').filter(
    (path) => path.endsWith('.test.ts') && !path.startsWith('test/architecture/'),
  );
  expect(having(/\b(?:test|it|describe)\.(?:only|todo)\b|\b(?:fit|fdescribe)\(/, tests)).toEqual([]);
});

test('no file of lambda/ is longer than 250 lines', () => {
  expect(sourcesUnder('lambda').filter((path) => textOf(path).split('\n').length > 250)).toEqual([]);
});
