import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { changelogSection } from '../../../tools/release/changelog.ts';
import { distTagOf } from '../../../tools/release/dist-tag.ts';
import { planRelease } from '../../../tools/release/plan.ts';
import { textOf } from '../../architecture/sources.ts';

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-26

### Added

- One thing.

### Upgrading

Nothing to do.

## [1.1.0] - 2026-10-01
`;
const repository = 'github:own/name';
const GIVEN = { manifest: { version: '1.2.0', repository }, changelog: CHANGELOG, tag: 'v1.2.0' };

function problemsOf(given: Partial<Parameters<typeof planRelease>[0]>): readonly string[] {
  const plan = planRelease({ ...GIVEN, ...given });
  return plan.kind === 'ok' ? [] : plan.problems;
}

describe('a release', () => {
  it('has the section of its version as notes', () => {
    expect(planRelease(GIVEN)).toEqual({
      kind: 'ok',
      release: { version: '1.2.0', notes: '### Added\n\n- One thing.\n\n### Upgrading\n\nNothing to do.' },
    });
  });

  it.each([
    ['a tag that is not the version', { tag: 'v1.2.1' }, 'The tag v1.2.1 is not v1.2.0'],
    ['a tag without v', { tag: '1.2.0' }, 'The tag 1.2.0 is not v1.2.0'],
    [
      'no section',
      { manifest: { version: '1.3.0', repository }, tag: 'v1.3.0' },
      'no section "## [1.3.0] - YYYY-MM-DD"',
    ],
    [
      'no upgrade notes',
      { manifest: { version: '1.1.0', repository }, tag: 'v1.1.0' },
      'has no "### Upgrading"',
    ],
    [
      'empty upgrade notes',
      { changelog: CHANGELOG.replace('Nothing to do.\n', '') },
      'has no "### Upgrading"',
    ],
    [
      'no date',
      { changelog: CHANGELOG.replace('2026-11-26', 'Unreleased') },
      'has the date "Unreleased". Give the day',
    ],
    [
      'entries that are in no release',
      { changelog: CHANGELOG.replace('[Unreleased]\n', '[Unreleased]\n\n- A thing.\n') },
      'has entries under "## [Unreleased]"',
    ],
    [
      'no repository',
      { manifest: { version: '1.2.0' }, publisher: 'own/name' },
      'names no repository, and own/name publishes',
    ],
    [
      'no repository on a laptop, before there is a tag that cannot be taken back',
      { manifest: { version: '1.2.0' } },
      'names no repository, and npm accepts provenance only from one on GitHub',
    ],
    [
      'a repository elsewhere',
      { manifest: { version: '1.2.0', repository: 'https://gitlab.example/own/name' } },
      'names the repository https://gitlab.example/own/name, and npm accepts',
    ],
    [
      'another repository',
      { manifest: { version: '1.2.0', repository: 'github:else/name' }, publisher: 'own/name' },
      'names the repository github:else/name, and own/name publishes',
    ],
    [
      'a malformed version',
      { manifest: { version: 'next', repository }, tag: 'vnext' },
      'has the version next',
    ],
  ])('is rejected with %s', (_, given, message) => {
    expect(problemsOf(given)).toContainEqual(expect.stringContaining(message));
  });

  it.each(['1.3.0-rc.1', '1.1.1'])(
    'may be a prerelease, or a patch of an earlier line, with a section: %s',
    (version) => {
      const section = `## [${version}] - 2026-11-27\n\n### Upgrading\n\nAs before.\n\n## [1.2.0]`;
      const changelog = CHANGELOG.replace('## [1.2.0]', section);
      const plan = planRelease({ manifest: { version, repository }, changelog, tag: `v${version}` });
      expect(plan).toEqual({ kind: 'ok', release: { version, notes: '### Upgrading\n\nAs before.' } });
    },
  );

  it('names all problems at once', () => {
    expect(problemsOf({ tag: 'v2.0.0', publisher: 'else/name', changelog: '' })).toHaveLength(3);
  });

  it.each([
    'own/name',
    'github:own/name',
    'https://github.com/own/name',
    'git+https://github.com/Own/Name.git',
    { url: 'git+https://github.com/own/name.git' },
  ])('may name its repository as %j', (repository) => {
    expect(problemsOf({ manifest: { version: '1.2.0', repository }, publisher: 'Own/name' })).toEqual([]);
  });

  it.each(['https://evil.example/own/name', 'https://github.com.evil.example/own/name', 'gitlab:own/name'])(
    'on another host is not taken for the same: %s',
    (repository) => {
      expect(problemsOf({ manifest: { version: '1.2.0', repository }, publisher: 'own/name' })).toHaveLength(
        1,
      );
    },
  );

  it('has links that lead to the files of its tag, if it is known where they are', () => {
    const changelog = CHANGELOG.replace('One thing', '[One](docs/one.md#part), [two](https://two.example)');
    const manifest = { version: '1.2.0', repository: 'own/name' };
    const notesOf = (publisher: string | undefined) => {
      const plan = planRelease({ ...GIVEN, manifest, changelog, publisher });
      return plan.kind === 'ok' ? plan.release.notes : '';
    };
    expect(notesOf(undefined)).toContain('[One](docs/one.md#part)');
    expect(notesOf('own/name')).toContain(
      '[One](https://github.com/own/name/blob/v1.2.0/docs/one.md#part), [two](https://two.example)',
    );
  });

  it('may be rehearsed before it has a date, while there are later entries, and in a fork', () => {
    const changelog = CHANGELOG.replace('2026-11-26', 'Unreleased').replace(
      '[Unreleased]\n',
      '[Unreleased]\n\n- x\n',
    );
    expect(problemsOf({ tag: undefined, changelog, publisher: 'fork/name' })).toEqual([]);
  });

  it('can be made from this repository', () => {
    const manifest = JSON.parse(textOf('package.json'));
    expect(problemsOf({ manifest, changelog: textOf('CHANGELOG.md'), tag: undefined })).toEqual([]);
  });
});

test('a section of a changelog ends where the next begins, with any line ends, and no other version is taken for it', () => {
  const windows = CHANGELOG.replaceAll('\n', '\r\n');
  expect(changelogSection(windows, '1.2.0')).toEqual(changelogSection(CHANGELOG, '1.2.0'));
  expect(changelogSection(CHANGELOG, '1.1.0')).toEqual({ date: '2026-10-01', text: '' });
  expect(changelogSection(CHANGELOG, '1.2')).toBeUndefined();
});

describe('the name under which npm offers a version', () => {
  it.each([
    ['0.1.0', undefined, 'latest'],
    ['0.1.0', '0.0.0', 'latest'],
    ['1.10.0', '1.9.0', 'latest'],
    ['1.9.1', '1.10.0', 'release-1'],
    ['1.9.1', '2.0.0', 'release-1'],
    ['2.0.0-rc.1', '1.9.0', 'next'],
    ['2.0.0', '2.0.0-rc.1', 'latest'],
    ['2.0.0', '2.0.0', 'latest'],
    ['2.0.0-rc.1', '2.0.0-rc.1', 'next'],
  ])('of %s, where the latest is %s, is %s', (version, latest, expected) => {
    expect(distTagOf(version, latest)).toBe(expected);
  });

  it('is never "latest" for what comes before the latest', () => {
    const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(version, version, (one, other) => {
        const later = one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
        expect(distTagOf(one.join('.'), other.join('.')) === 'latest').toBe(later >= 0);
      }),
    );
  });
});
