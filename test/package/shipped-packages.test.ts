import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { thirdPartyNotices } from '../../infra/package/notices.ts';
import { softwareBillOfMaterials } from '../../infra/package/sbom.ts';
import { shippedPackages } from '../../infra/package/shipped-packages.ts';

describe('among packages whose code is in a file that we distribute', () => {
  let root: string;

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const install = (name: string, license: string | undefined, texts: Record<string, string> = {}) => {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.2.3', license }));
    for (const [file, text] of Object.entries(texts)) write(`node_modules/${name}/${file}`, text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'shipped-'));
    write('LICENSE', 'The Apache License');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('one without the text of its licence is rejected', () => {
    install('bare', 'MIT', { 'README.md': 'License: MIT' });
    expect(() => shippedPackages(root, { 'a.mjs': holding('node_modules/bare/index.js') })).toThrow(
      'bare 1.2.3, which is in a.mjs, has no licence text (MIT).',
    );
  });

  it.each([
    ['a notice alone', { NOTICE: 'Thanks' }],
    ['an empty file', { LICENSE: '\n' }],
    ['a folder of that name', { 'license/index.js': 'code' }],
  ])('%s is not the text of a licence', (_, texts) => {
    install('bare', 'MIT', texts);
    expect(() => shippedPackages(root, { 'a.mjs': holding('node_modules/bare/index.js') })).toThrow(
      'bare 1.2.3, which is in a.mjs, has no licence text (MIT).',
    );
  });

  it.each(['GPL-3.0-only', 'UNLICENSED', 'SEE LICENSE IN LICENSE', '(MIT OR GPL-2.0-only)', undefined])(
    'one under a licence that is not allowed is rejected: %s',
    (license) => {
      install('odd', license, { LICENSE: 'Terms' });
      expect(() => shippedPackages(root, { 'a.mjs': holding('node_modules/odd/index.js') })).toThrow(
        `odd 1.2.3, which is in a.mjs, is under ${license ?? 'no licence'}.`,
      );
    },
  );

  it('all rejected ones are named at once', () => {
    install('bare', 'MIT');
    install('odd', 'GPL-3.0-only', { LICENSE: 'Terms' });
    const files = { 'a.mjs': holding('node_modules/bare/index.js', 'node_modules/odd/index.js') };
    expect(() => shippedPackages(root, files)).toThrow(/bare 1\.2\.3[\s\S]*odd 1\.2\.3/);
  });

  it('one without any code in the file does not count, whatever its licence', () => {
    install('odd', 'GPL-3.0-only');
    expect(
      shippedPackages(root, { 'a.mjs': holding('lambda/a.ts', ['node_modules/odd/index.js', 0]) }),
    ).toEqual([]);
  });

  it('the notices contain all licences and notices, and the Apache License where a package omits it', () => {
    install('@scope/one', 'Apache-2.0', { NOTICE: 'Copyright of one' });
    install('two', 'ISC', { 'LICENCE.txt': 'Terms of two', NOTICE: 'Thanks to three' });
    const files = { 'a.mjs': holding('node_modules/@scope/one/dist/a.js', 'node_modules/two/index.js') };
    const notices = thirdPartyNotices(shippedPackages(root, files));
    expect(notices).toContain('@scope/one 1.2.3 (Apache-2.0)\n\nThe Apache License\n\nCopyright of one');
    expect(notices).toContain('two 1.2.3 (ISC)\n\nTerms of two\n\nThanks to three');
  });

  it('the bill of materials says which file contains and which package imports which package, with the hash that npm checked', () => {
    install('one', 'MIT', { LICENSE: 'Terms' });
    install('one/node_modules/@scope/two', 'MIT', { LICENSE: 'Terms' });
    write(
      'node_modules/one/node_modules/@scope/two/package.json',
      '{"name":"@scope/two","version":"4.0.0","license":"MIT"}',
    );
    const inner = 'node_modules/one/node_modules/@scope/two';
    const packages = shippedPackages(root, {
      'a.mjs': holding('node_modules/one/index.js', `${inner}/index.js`),
      'b.mjs': holding('lambda/b.ts'),
    });
    const bill = softwareBillOfMaterials({
      project: { name: 'ours', version: '0.1.0', description: 'Ours', license: 'Apache-2.0', engines: {} },
      lock: { [inner]: { integrity: 'sha512-3q2+7w==' } },
      packages,
      files: { 'a.mjs': Buffer.from('a'), 'b.mjs': Buffer.from('b') },
    });
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      serialNumber: expect.stringMatching(
        /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/,
      ),
      components: [
        { name: 'one', licenses: [{ license: { id: 'MIT' } }] },
        {
          purl: 'pkg:npm/%40scope/two@4.0.0',
          hashes: [{ alg: 'SHA-512', content: 'deadbeef' }],
        },
      ],
      dependencies: [
        { ref: 'pkg:npm/ours@0.1.0', dependsOn: ['a.mjs', 'b.mjs'] },
        { ref: 'a.mjs', dependsOn: ['pkg:npm/%40scope/two@4.0.0', 'pkg:npm/one@1.2.3'] },
        { ref: 'b.mjs', dependsOn: [] },
        { ref: 'pkg:npm/one@1.2.3', dependsOn: ['pkg:npm/%40scope/two@4.0.0'] },
        { ref: 'pkg:npm/%40scope/two@4.0.0', dependsOn: [] },
      ],
    });
  });
});

/** esbuild's metafile of a file with code of modules, each of which imports the next; 10 bytes of each by default. */
function holding(...modules: readonly (string | readonly [path: string, bytes: number])[]): Metafile {
  const inputs = modules.map((one) => (typeof one === 'string' ? ([one, 10] as const) : one));
  return {
    inputs: Object.fromEntries(
      inputs.map(([path], index) => [
        path,
        {
          bytes: 10,
          imports: inputs
            .slice(index + 1, index + 2)
            .map(([next]) => ({ path: next, kind: 'import-statement' as const })),
        },
      ]),
    ),
    outputs: {
      'out.mjs': {
        bytes: 10,
        imports: [],
        exports: [],
        inputs: Object.fromEntries(inputs.map(([path, bytesInOutput]) => [path, { bytesInOutput }])),
      },
    },
  };
}
