import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENTRIES } from '../../infra/bundle/entries.ts';
import { testAssembly } from '../support/assembly.ts';
import { command } from './commands.ts';
import { problemsOfContents, sha256 } from './contents.ts';

const REPORT = 'infra/package/alb-jwt-authorizer.api.md';

describe('the package', () => {
  let scratch: string;
  let folder: string;
  let before: number;

  const changedAt = () => statSync('node_modules/constructs/lib/construct.d.ts').mtimeMs;

  beforeAll(() => {
    before = changedAt();
    scratch = mkdtempSync(join(tmpdir(), 'package-'));
    folder = join(scratch, 'package');
    const report = join(scratch, 'report.api.md');
    // In a separate process, because extracting the types takes a whole compiler.
    command('.', process.execPath, [
      '--import',
      'tsx',
      'infra/package/build.ts',
      ...['--outdir', folder, '--report', report],
    ]);
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('has the public types of the checked-in report (npm run build:package writes it)', () => {
    expect(readFileSync(join(scratch, 'report.api.md'), 'utf8')).toBe(readFileSync(REPORT, 'utf8'));
  });

  it('has the files that belong there, and nothing from this machine', () => {
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
  });

  it('has documents that link to nothing outside', () => {
    const documents = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.md'),
    );
    const dead = documents.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/\]\(([^)#\s]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(folder, dirname(name), target)))
        .map((target) => `${name}: ${target}`),
    );
    expect(documents).toContain('docs/package.md');
    expect(dead).toEqual([]);
  });

  it("is built without a change to the project's installed packages", () => {
    expect(changedAt()).toBe(before);
  });

  it('has file modes that do not depend on who builds it', () => {
    const modes = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o644]));
  });

  it('declares no public constructor for what only other constructs make', () => {
    const declarations = readFileSync(join(folder, 'index.d.ts'), 'utf8');
    const classes = [...declarations.matchAll(/^export declare class (\w+)[\s\S]*?^}/gm)];
    const open = classes.filter(([text]) => !/^ {4}(?:private )?constructor\(/m.test(text));
    expect(classes.length).toBeGreaterThan(8);
    expect(open.map(([, name]) => name)).toEqual([]);
    expect(declarations).toContain('private constructor();');
  });

  it('has the licence of all third-party code', () => {
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES'), 'utf8');
    for (const name of ['jose', 'valibot', '@aws-sdk/client-ssm', '@smithy/core']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  it('has a bill of materials that names the same packages with their hashes, and no tool', () => {
    const titles = readFileSync(join(folder, 'THIRD-PARTY-NOTICES'), 'utf8').matchAll(/^(\S+) (\d\S*) \(/gm);
    const { metadata, components } = JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8'));
    const named = components.map((one: { name: string; version: string }) => `${one.name} ${one.version}`);
    expect(named.sort()).toEqual([...titles].map(([, name, version]) => `${name} ${version}`).sort());
    for (const { hashes } of components) expect(hashes[0].content).toMatch(/^[\da-f]{128}$/);
    for (const { name, hashes } of metadata.component.components) {
      expect(hashes[0].content).toBe(sha256(join(folder, name)));
    }
  });
});
