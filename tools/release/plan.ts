import { changelogSection } from './changelog.ts';

export interface Release {
  readonly version: string;
  /** Its section of the changelog, without the heading. */
  readonly notes: string;
}

export type Plan =
  | { readonly kind: 'ok'; readonly release: Release }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

interface Given {
  readonly manifest: { readonly version: string; readonly repository?: string | { readonly url?: string } };
  readonly changelog: string;
  /** The tag of the release; undefined for a rehearsal, which needs no date and works in a fork too. */
  readonly tag?: string | undefined;
  /** `owner/name` of the publishing repository; undefined if unknown, as on a laptop. */
  readonly publisher?: string | undefined;
}

/** What would be released, or every reason why it cannot be. */
export function planRelease({ manifest, changelog, tag, publisher }: Given): Plan {
  const { version, repository } = manifest;
  const section = changelogSection(changelog, version);
  const address = typeof repository === 'string' ? repository : (repository?.url ?? '');
  const problems = [
    ...(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(version)
      ? []
      : [`package.json has the version ${version}; give one such as 1.2.3 or 1.2.3-rc.1.`]),
    ...(tag === undefined || tag === `v${version}`
      ? []
      : [
          `The tag ${tag} is not v${version}, the version in package.json. Tag the commit that has the version.`,
        ]),
    ...(section === undefined
      ? [
          `CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD". Write one for the users of the release.`,
        ]
      : [
          ...(/^### Upgrading\n+\S/m.test(section.text)
            ? []
            : [
                `In CHANGELOG.md the section of ${version} has no "### Upgrading". Say what to do, or that there is nothing to do.`,
              ]),
          ...(tag === undefined || /^\d{4}-\d\d-\d\d$/.test(section.date)
            ? []
            : [
                `In CHANGELOG.md the section of ${version} has the date "${section.date}". Give the day of the release.`,
              ]),
        ]),
    ...(tag !== undefined && changelogSection(changelog, 'Unreleased')?.text
      ? ['CHANGELOG.md has entries under "## [Unreleased]". Move them into the section of the release.']
      : []),
    ...(tag === undefined ? [] : problemsOfRepository(address, publisher)),
  ];
  return problems.length > 0 || section === undefined
    ? { kind: 'invalid', problems }
    : { kind: 'ok', release: { version, notes: notesOf(section.text, publisher, `v${version}`) } };
}

function problemsOfRepository(address: string, publisher: string | undefined): readonly string[] {
  const named = repositoryOf(address);
  if (named !== undefined && named === (publisher?.toLowerCase() ?? named)) return [];
  const says = `package.json names ${address === '' ? 'no repository' : `the repository ${address}`}`;
  const needs = `set "repository" to { "type": "git", "url": "git+https://github.com/${publisher ?? 'OWNER/NAME'}.git" }.`;
  return [
    publisher === undefined
      ? `${says}, and npm accepts provenance only from one on GitHub: ${needs}`
      : `${says}, and ${publisher} publishes. npm accepts provenance only from that repository: ${needs}`,
  ];
}

/** The changelog's links are relative to the repository's files, but a GitHub release has another address, so this makes them absolute. */
function notesOf(text: string, publisher: string | undefined, tag: string): string {
  if (publisher === undefined) return text;
  return text.replace(/\]\((?![a-z]+:|#)/g, `](https://github.com/${publisher}/blob/${tag}/`);
}

/** `owner/name` from any form that package.json allows; undefined for a repository on another host. */
function repositoryOf(address: string): string | undefined {
  const found = /^(?:github:|(?:git\+)?https:\/\/github\.com\/)?([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(address);
  return found?.[1]?.toLowerCase();
}
