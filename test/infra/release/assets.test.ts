import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { bundle } from '../../../infra/bundle/bundle.ts';
import { archives } from '../../../infra/release/archive.ts';
import { assetsOf, ownVersion, writeAssets } from '../../../infra/release/assets.ts';
import { RELEASE_SHAPE_NAMES } from '../../../infra/release/release-shapes.ts';

const page = readFileSync('docs/without-cdk.md', 'utf8');

describe('the assets of a release', () => {
  const directory = mkdtempSync(join(tmpdir(), 'release-test-'));
  const outdir = join(directory, 'release');
  const assets = assetsOf(ownVersion(), ['existing-listener', 'native-only']);
  beforeAll(() => writeAssets(assets, outdir));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('have the same bytes in every build and time zone', () => {
    const zone = process.env.TZ;
    process.env.TZ = 'Asia/Tokyo';
    try {
      expect(archives()).toEqual(assets.code);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('have zips of one file each: the bundle that the app deploys and the tests run', () => {
    for (const [entry, { bytes }] of Object.entries(assets.code)) {
      bundle({ entry: entry as keyof typeof assets.code, outdir: directory });
      const files = unzipSync(bytes);
      expect(Object.keys(files)).toEqual([`${entry}.mjs`]);
      expect(
        Buffer.from(files[`${entry}.mjs`] ?? []).equals(readFileSync(join(directory, `${entry}.mjs`))),
      ).toBe(true);
    }
  });

  it('have only the zips that a template refers to, with their hashes in their names', () => {
    const zips = readdirSync(join(outdir, 'functions'));
    const templates = readdirSync(join(outdir, 'templates')).map((name) =>
      readFileSync(join(outdir, 'templates', name), 'utf8'),
    );
    expect(zips.length).toBe(3);
    for (const zip of zips) {
      expect(templates.some((text) => text.includes(zip))).toBe(true);
      const hash = createHash('sha256')
        .update(readFileSync(join(outdir, 'functions', zip)))
        .digest('hex');
      expect(zip.endsWith(`-${hash.slice(0, 16)}.zip`)).toBe(true);
    }
  });

  it('have the licences of the third-party code in the zips', () => {
    const notices = readFileSync(join(outdir, 'THIRD-PARTY-NOTICES'), 'utf8');
    expect(notices).toMatch(/^jose \d\S+ \(MIT\)\n\nThe MIT License/m);
    expect(notices).toMatch(/^@aws-sdk\/client-ssm \d\S+ \(Apache-2\.0\)$/m);
  });

  it('have a checksum of every file except the list of checksums', () => {
    const lines = readFileSync(join(outdir, 'SHA256SUMS'), 'utf8').trim().split('\n');
    const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    expect(lines.length).toBe(files.length - 1);
    for (const line of lines) {
      const [hash, name = ''] = line.split('  ');
      expect(hash).toBe(
        createHash('sha256')
          .update(readFileSync(join(outdir, name)))
          .digest('hex'),
      );
    }
  });

  it('have the names that the Terraform module uses', () => {
    const module = readFileSync(join(outdir, 'terraform', 'main.tf'), 'utf8');
    expect(module).toMatch(/templates\/\$\{var\.shape\}\.template\.json/);
    expect(module).toContain('CodeBucket = var.bucket, CodePrefix = local.prefix');
    expect(existsSync(join(outdir, 'templates', 'existing-listener.template.json'))).toBe(true);
    const example = /```hcl\n([^`]*)```/.exec(page)?.[1] ?? '';
    const variables = readFileSync(join(outdir, 'terraform', 'variables.tf'), 'utf8');
    const given = [...example.matchAll(/^ {2}(\w+) += /gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'source');
    expect(given.length).toBeGreaterThan(3);
    for (const name of given) expect(variables).toContain(`variable "${name}"`);
    const [, list = ''] = /contains\(\[([^\]]*)\], var\.shape\)/.exec(variables) ?? [];
    expect([...list.matchAll(/"([^"]*)"/g)].map(([, name]) => name)).toEqual(RELEASE_SHAPE_NAMES);
  });

  it('are uploaded by Terraform under keys that contain the name of the stack, so that no other stack removes them', () => {
    const module = readFileSync(join(outdir, 'terraform', 'main.tf'), 'utf8');
    const keys = [...module.matchAll(/^ +key += "(.*)"$/gm)].map(([, key]) => key);
    expect(keys.length).toBe(2);
    for (const key of keys) expect(key).toMatch(/^\$\{local\.prefix\}/);
    expect(module).toMatch(/^ {2}prefix = "\$\{var\.prefix\}\$\{var\.name\}\/"$/m);
  });

  it('have only the module in their Terraform folder', () => {
    expect(readdirSync(join(outdir, 'terraform')).sort()).toEqual(['main.tf', 'outputs.tf', 'variables.tf']);
  });
});
