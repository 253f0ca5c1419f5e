export interface ChangelogSection {
  /** The text after the version: a date, or `Unreleased`. */
  readonly date: string;
  /** The text below the heading, trimmed. */
  readonly text: string;
}

/** The section of a version in a changelog in the format of Keep a Changelog; undefined if there is none. */
export function changelogSection(changelog: string, version: string): ChangelogSection | undefined {
  for (const section of changelog.replaceAll('\r\n', '\n').split(/^## /m).slice(1)) {
    const [heading = '', ...lines] = section.split('\n');
    const [, name, date = ''] = /^\[([^\]]+)\](?: - (.+))?$/.exec(heading.trimEnd()) ?? [];
    if (name === version) return { date, text: lines.join('\n').trim() };
  }
  return undefined;
}
