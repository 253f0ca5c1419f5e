import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENTRIES } from '../../infra/bundle/entries.ts';
import { testAssembly } from '../support/assembly.ts';
import { command } from './commands.ts';
import { problemsOfContents, sha256 } from './contents.ts';

const REPORT = 'infra/package/alb-jwt-authorizer.api.md';

describe('the package', () => {
  let scratch: string;
  let folder: string;

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'package-'));
    folder = join(scratch, 'package');
    const report = join(scratch, 'report.api.md');
    // In a process of its own: what extracts the types is a whole compiler.
    command('.', process.execPath, [
      '--import',
      'tsx',
      'infra/package/build.ts',
      ...['--outdir', folder, '--report', report],
    ]);
  }, 600_000);
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('has the public types of the report that is checked in (npm run build:package writes it)', () => {
    expect(readFileSync(join(scratch, 'report.api.md'), 'utf8')).toBe(readFileSync(REPORT, 'utf8'));
  });

  it('has the files that belong there, and nothing of this machine', () => {
    expect(problemsOfContents(folder, process.cwd())).toEqual([]);
  });

  it('has the bundles that the laptop stack and its tests run, byte for byte', async () => {
    const assembly = await testAssembly({ authorizer: 'true' });
    const bundles = readdirSync(assembly, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^asset\.\w+\/[a-z-]+\.mjs$/.test(file),
    );
    const tested = new Set(bundles.map((file) => sha256(join(assembly, file))));
    const entries = ENTRIES.filter((entry) => entry !== 'cloudfront-group-handler');
    expect(tested.size).toBe(entries.length);
    for (const entry of entries) {
      expect(tested).toContain(sha256(join(folder, 'functions', entry, `${entry}.mjs`)));
    }
  }, 600_000);

  it('has the licence of all code that is not of this project', () => {
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES'), 'utf8');
    for (const name of ['jose', 'valibot', '@aws-sdk/client-ssm', '@smithy/core']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });
});
