import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { bundle } from '../../../infra/bundle/bundle.ts';
import { ENTRIES, type Entry } from '../../../infra/bundle/entries.ts';

/** In bytes. The AWS SDK and what it needs take 220 kB of the one that has it. */
const SIZE_BUDGET: Readonly<Record<Entry, number>> = {
  'alb-handler': 208_000,
  'authorizer-handler': 208_000,
  'cloudfront-group-handler': 60_000,
  'configuration-handler': 384_000,
};

describe.each(ENTRIES)('the bundle of %s', (entry) => {
  let outdir: string;
  let output: Metafile['outputs'][string] | undefined;
  /** Those that leave something in the output: the rest was tree-shaken. */
  let modules: string[];
  let text: string;

  beforeAll(() => {
    outdir = mkdtempSync(join(tmpdir(), 'bundle-'));
    [output] = Object.values(bundle({ entry, outdir }).outputs);
    modules = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? path : [],
    );
    text = readFileSync(join(outdir, `${entry}.mjs`), 'utf8');
  });
  afterAll(() => rmSync(outdir, { recursive: true }));

  it('is one file, within the size budget', () => {
    expect(readdirSync(outdir)).toEqual([`${entry}.mjs`]);
    expect(text.length).toBeLessThan(SIZE_BUDGET[entry]);
  });

  it('exports the handler and nothing else', () => {
    expect(output?.exports).toEqual(['handler']);
  });

  it('contains only code of lambda/ and of the declared libraries', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const ofTheirs = /^(@aws-sdk|@smithy|@aws)\//;
    const packages = modules.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    expect(packages.filter((name) => !(name in dependencies || ofTheirs.test(name)))).toEqual([]);
    const own = modules.filter((path) => !path.includes('node_modules/'));
    const standIn = /^infra\/bundle\/(?:environment-credentials|node-http|node-process)\.ts$/;
    expect(own.filter((path) => !path.startsWith('lambda/') && !standIn.test(path))).toEqual([]);
  });

  it.each([
    ['the CDK', /aws-cdk|node_modules\/constructs\//],
    ['test code', /^test\//],
    [
      'other credential providers',
      /credential-provider-(?!env)|token-providers|client-sso|client-sts|nested-clients/,
    ],
    ['full zod', /node_modules\/zod\//],
    ['undici', /node_modules\/undici\//],
  ])('leaves out %s', (_, pattern) => {
    expect(modules.filter((path) => pattern.test(path))).toEqual([]);
  });

  it('contains the shared secrets only where they are made, until a verifier needs them', () => {
    const found = modules.some((path) => /^lambda\/.*secrets/.test(path));
    expect(found).toBe(entry === 'configuration-handler');
  });

  it('needs nothing but the built-in modules of Node.js', () => {
    const imported = output?.imports.filter(({ external }) => external).map(({ path }) => path) ?? [];
    expect(imported.filter((path) => !isBuiltin(path))).toEqual([]);
    // What esbuild leaves where a CommonJS module calls `require`, which an ES module doesn't have.
    expect(text).not.toContain('Dynamic require of');
  });

  it.each([
    ['http', 'load undici'],
    ['process', 'build a list of all flags of Node.js'],
  ])('does not import node:%s as an ES module, which would %s at every cold start', (name) => {
    const imported = output?.imports.map(({ path }) => path) ?? [];
    expect(imported).not.toContain(`node:${name}`);
    expect(imported).not.toContain(name);
  });

  it('is the same, byte for byte, whatever the working directory', () => {
    const again = mkdtempSync(join(tmpdir(), 'bundle-'));
    const directory = process.cwd();
    try {
      process.chdir(tmpdir());
      bundle({ entry, outdir: again });
      expect(readFileSync(join(again, `${entry}.mjs`), 'utf8')).toBe(text);
    } finally {
      process.chdir(directory);
      rmSync(again, { recursive: true });
    }
  });
});
