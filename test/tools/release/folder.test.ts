import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ENTRIES } from '../../../infra/bundle/entries.ts';
import { differencesOf, sumsOf } from '../../../tools/release/folder.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'release-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('the hashes are of every file but their own, in a fixed order, as sha256sum reads them', () => {
  for (const name of ['b.zip', 'a.json', 'SHA256SUMS']) writeFileSync(join(folder, name), name);
  writeFileSync(join(folder, 'SHA256SUMS'), sumsOf(folder));
  const lines = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => line.slice(64))).toEqual(['  a.json', '  b.zip']);
  expect(lines[1]?.slice(0, 64)).toBe('cf41e189cdc819769f648a9719d25ddfb16e0583d1a9f9391c31378831eb4523');
});

it('a folder among the files is refused, since a GitHub release has none', () => {
  mkdirSync(join(folder, 'terraform'));
  writeFileSync(join(folder, 'terraform/main.tf'), '');
  expect(() => sumsOf(folder)).toThrow('terraform/main.tf is in a folder');
});

it('two lists of hashes differ in files that changed, came or went', () => {
  expect(differencesOf('1  a\n2  b\n3  c\n', '1  a\n9  b\n4  d\n')).toEqual(['b', 'c', 'd']);
  expect(differencesOf('1  a\n', '1  a\n')).toEqual([]);
});

it('a build of the same source in another folder gives the same bytes', () => {
  const other = join(folder, 'another place');
  mkdirSync(other);
  for (const path of ['infra', 'lambda', 'tools', 'package.json', 'tsconfig.json']) {
    cpSync(path, join(other, path), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(other, 'node_modules'));
  const sums = [process.cwd(), other].map((root, index) => {
    const outdir = join(folder, `build-${index}`);
    execFileSync(process.execPath, ['--import', 'tsx', 'infra/bundle/build.ts', '--outdir', outdir], {
      cwd: root,
    });
    return sumsOf(outdir);
  });
  expect(sums[0]?.trimEnd().split('\n')).toHaveLength(ENTRIES.length);
  expect(sums[1]).toBe(sums[0]);
}, 120_000);
