import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { ENTRIES } from '../../../infra/bundle/entries.ts';
import { sumsOf } from '../../../infra/release/folder.ts';
import { differencesOf, releaseSumsOf, zipOfFolder } from '../../../tools/release/folder.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'release-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('the hashes are of every file but their own, in a fixed order, as sha256sum reads them', () => {
  for (const name of ['b.zip', 'a.json', 'SHA256SUMS']) writeFileSync(join(folder, name), name);
  writeFileSync(join(folder, 'SHA256SUMS'), releaseSumsOf(folder));
  const lines = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => line.slice(64))).toEqual(['  a.json', '  b.zip']);
  expect(lines[1]?.slice(0, 64)).toBe('cf41e189cdc819769f648a9719d25ddfb16e0583d1a9f9391c31378831eb4523');
});

it('a folder among the files is rejected, since a GitHub release has none', () => {
  mkdirSync(join(folder, 'terraform'));
  writeFileSync(join(folder, 'terraform/main.tf'), '');
  expect(() => releaseSumsOf(folder)).toThrow('terraform/main.tf is in a folder');
});

const FILES = {
  VERSION: '1.2.3\n',
  'functions/10.zip': 'PK',
  'functions/9.zip': '',
  'templates/a.template.json': '{"Parameters":{}}\n'.repeat(1000),
  'terraform/.terraform.lock.hcl': 'ü',
} as const;

/** Writes the files in an order, with a mode and a time of their own. */
function written(place: string, names: readonly (keyof typeof FILES)[], mode: number, time: Date): string {
  for (const name of names) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), FILES[name]);
    chmodSync(join(place, name), mode);
    utimesSync(join(place, name), time, time);
  }
  return place;
}

it('the zip of a folder has what the folder has, below the name of the release', () => {
  const names = Object.keys(FILES) as (keyof typeof FILES)[];
  const zip = unzipSync(zipOfFolder(written(folder, names, 0o644, new Date()), 'ours-1.2.3'));
  const texts = Object.entries(zip).map(([path, bytes]) => [path, Buffer.from(bytes).toString()]);
  expect(texts).toEqual(
    Object.entries(FILES)
      .map(([path, text]) => [`ours-1.2.3/${path}`, text])
      .sort(),
  );
});

it('the zip of a folder has the same bytes whatever the order, the modes and the times of its files', () => {
  const names = Object.keys(FILES) as (keyof typeof FILES)[];
  const one = written(join(folder, 'one'), names, 0o644, new Date('2026-01-01T00:00:00Z'));
  const other = written(
    join(folder, 'another place'),
    names.toReversed(),
    0o700,
    new Date('2031-07-01T12:00:00Z'),
  );
  expect(zipOfFolder(other, 'ours')).toEqual(zipOfFolder(one, 'ours'));
  writeFileSync(join(other, 'VERSION'), '1.2.4\n');
  expect(zipOfFolder(other, 'ours')).not.toEqual(zipOfFolder(one, 'ours'));
});

it('a link is rejected rather than left out of the hashes and the zip', () => {
  symlinkSync('/etc/hosts', join(folder, 'main.tf'));
  expect(() => sumsOf(folder)).toThrow('main.tf in');
  expect(() => zipOfFolder(folder, 'ours')).toThrow('is not a file');
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
});
