import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { rehearsePublishing } from '../../../tools/release/publishing.ts';

const folder = mkdtempSync(join(tmpdir(), 'publishing-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tarball = join(folder, 'ours-1.2.0.tgz');
writeFileSync(tarball, 'a package');
const SAME = `sha512-${createHash('sha512').update('a package').digest('base64')}`;

/** A registry that has some versions by their hashes, the last of them as `latest`. */
function registryOf(has: Readonly<Record<string, string>>) {
  const published: string[] = [];
  const run = (command = '', ...args: readonly string[]): string => {
    if (command === 'publish') return String(published.push(args.join(' ')));
    const [what = '', field] = args;
    const found = field === 'dist-tags.latest' ? Object.keys(has).at(-1) : has[what.split('@')[1] ?? ''];
    if (found === undefined) throw new Error(`npm view failed:\nnpm error code E404`);
    return `${found}\n`;
  };
  return { run, published };
}

function rehearsed(has: Readonly<Record<string, string>>, tag?: string) {
  const { run, published } = registryOf(has);
  const result = rehearsePublishing({ name: 'ours', version: '1.2.0', tarball, tag }, run);
  return { ...result, published };
}

describe('publishing', () => {
  it.each([
    ['the first version', {}, 'latest'],
    ['a later version', { '1.1.0': 'sha512-A' }, 'latest'],
    ['a correction of an earlier version', { '2.0.0': 'sha512-A' }, 'release-1'],
  ])('of %s is rehearsed by npm', (_, has, distTag) => {
    expect(rehearsed(has, 'v1.2.0')).toEqual({
      distTag,
      said: `ok  npm would publish ours 1.2.0 as ${distTag}`,
      published: [`--dry-run --tag ${distTag} ${tarball}`],
    });
  });

  it('is skipped on the day after a release, when package.json still has its version', () => {
    expect(rehearsed({ '1.2.0': 'sha512-A' })).toMatchObject({
      said: '--  npm has ours 1.2.0: the next release needs a later version',
      published: [],
    });
  });

  it('is skipped if the same bytes are already published, and keeps their name, when a workflow is run again', () => {
    expect(rehearsed({ '1.2.0': SAME }, 'v1.2.0')).toMatchObject({ distTag: 'latest', published: [] });
  });

  it('fails if the tag is for a version that was published with other bytes', () => {
    expect(() => rehearsed({ '1.2.0': 'sha512-A' }, 'v1.2.0')).toThrow(
      'npm has ours 1.2.0 with other bytes, and never replaces a version. Set the next version',
    );
  });

  it('fails if the registry cannot be reached', () => {
    const run = () => {
      throw new Error('npm error code ECONNREFUSED');
    };
    expect(() => rehearsePublishing({ name: 'ours', version: '1.2.0', tarball }, run)).toThrow(
      'ECONNREFUSED',
    );
  });
});
