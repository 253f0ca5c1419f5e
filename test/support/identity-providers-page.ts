import { readFileSync } from 'node:fs';

export const PAGE = readFileSync(new URL('../../docs/identity-providers.md', import.meta.url), 'utf8');

/** The policies of the page, verbatim, by their headings; leaves out sections without one. */
export const POLICIES: ReadonlyMap<string, readonly string[]> = new Map(
  PAGE.split(/^## /m)
    .slice(1)
    .map((section): [string, string[]] => {
      const [heading = ''] = section.split('\n', 1);
      return [heading, [...section.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = '']) => json)];
    })
    .filter(([, policies]) => policies.length > 0),
);
