import type { Problem } from '../../../lambda/core/config/problems.ts';
import type { ParameterValues } from '../../../lambda/core/config/read-parameter.ts';
import { accountOf } from './account.ts';
import { cellEntries } from './cell-entries.ts';
import { changedCells, decidedAlike } from './cells.ts';
import { changedFields } from './changed-fields.ts';
import { documentEntries } from './document-entries.ts';
import { EFFECTS, type Effect, type Entry, grouped } from './entry.ts';
import { mcpEntries } from './mcp-entries.ts';
import { movedPageEntries, reportedPageEntries } from './page-entries.ts';
import { providerEntries } from './provider-entries.ts';
import { resourceEntries } from './resource-entries.ts';
import { revocationEntries } from './revocation-entries.ts';
import { settingEntries } from './setting-entries.ts';
import { type Side, sideOf } from './side.ts';
import { spellingEntries } from './spelling-entries.ts';
import { worldOf } from './world.ts';

/** What one configuration does differently from another. */
export type Difference =
  | {
      readonly kind: 'compared';
      /** What changes for requests, the most important first. */
      readonly entries: Readonly<Record<Effect, readonly Entry[]>>;
      /** Places in which the parsed configurations differ, with or without an effect; empty if they are equal. */
      readonly fields: readonly string[];
    }
  /** There is nothing valid to compare with, so this says what the configuration does. */
  | { readonly kind: 'first'; readonly problems: readonly Problem[]; readonly account: readonly string[] }
  /** The later configuration is not valid, so it would not come into force. */
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/**
 * What changes for requests if one configuration replaces another, judged by the function's own parser and decisions.
 * Entries in `opens` cover every request that newly passes, and those in `closes` every request that no longer passes. Some entries
 * are included only because nothing rules them out. Never throws for a value.
 */
export async function differenceOf(before: ParameterValues, after: ParameterValues): Promise<Difference> {
  const now = await sideOf(after);
  if ('problems' in now) return { kind: 'invalid', problems: now.problems };
  const was = await sideOf(before);
  if ('problems' in was) return { kind: 'first', problems: was.problems, account: accountOf(now) };
  const fields = changedFields(was, now);
  const entries = fields.length === 0 ? [] : grouped(await entriesOf(was, now));
  const [opens, closes, answers, forwards] = EFFECTS.map((name) =>
    entries.filter(({ effect }) => effect === name),
  ) as [Entry[], Entry[], Entry[], Entry[]];
  return { kind: 'compared', entries: { opens, closes, answers, forwards }, fields };
}

/** Whether the parsed configurations are equal. */
export const isSame = (difference: Difference): boolean =>
  difference.kind === 'compared' && difference.fields.length === 0;

async function entriesOf(before: Side, after: Side): Promise<Entry[]> {
  const world = worldOf(before, after);
  const cells = changedCells(world);
  const entries: Entry[] = [];
  for (const alike of decidedAlike(cells, world)) entries.push(...(await cellEntries(alike, world)));
  for (const pair of world.pairs) entries.push(...(await providerEntries(pair, world)));
  return [
    ...entries,
    ...spellingEntries(before, after, cells),
    ...mcpEntries(before, after, cells),
    ...movedPageEntries(before, after, cells),
    ...reportedPageEntries(before, after, cells),
    ...resourceEntries(world),
    ...documentEntries(world),
    ...revocationEntries(world),
    ...settingEntries(world),
  ];
}
