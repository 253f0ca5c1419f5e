import type { Cors } from '../../../lambda/core/http/cors.ts';
import { listed } from '../../explain/format.ts';
import { type Effect, type Entry, everywhere } from './entry.ts';
import { changeOf } from './forward-changes.ts';
import { serialized } from './plain-values.ts';

const PREFLIGHT = 'that is a CORS preflight';
const DECIDED = 'decided by its route';
const REFUSED = '403 origin_not_allowed';
const ANSWERED = 'handled as a CORS preflight';

/** Changes in whose preflights the function handles, and in which pages may read responses. */
export function corsEntries(before: Cors | undefined, after: Cors | undefined): Entry[] {
  if (serialized(before) === serialized(after)) return [];
  if (before === undefined || after === undefined) {
    const cors = (before ?? after) as Cors;
    const isNew = before === undefined;
    const turned = (effect: Effect, result: string, pages: string): Entry => ({
      ...everywhere(effect),
      caller: `${PREFLIGHT} from ${pages}`,
      ...(isNew ? { now: result, was: DECIDED } : { now: DECIDED, was: result }),
    });
    return [
      turned(isNew ? 'opens' : 'closes', ANSWERED, pagesOf(cors)),
      turned(isNew ? 'closes' : 'opens', REFUSED, 'any other page'),
      ...TEXTS.flatMap((text) =>
        changeOf(before, after, (side) =>
          side === undefined ? "given a response with the upstream's own CORS fields" : text(side),
        ),
      ).map((change): Entry => ({ ...everywhere('forwards'), ...change })),
    ];
  }
  const one = originsOf(before);
  const other = originsOf(after);
  const changed = (effect: Effect, some: readonly string[], others: readonly string[]): Entry[] => {
    const more = some.filter((origin) => !others.includes(origin));
    if (more.length === 0 || others.includes('*')) return [];
    return [
      {
        ...everywhere(effect),
        caller: `${PREFLIGHT} from ${pagesText(more)}`,
        ...(effect === 'opens' ? { now: ANSWERED, was: REFUSED } : { now: REFUSED, was: ANSWERED }),
      },
    ];
  };
  return [
    ...changed('opens', other, one),
    ...changed('closes', one, other),
    ...TEXTS.flatMap((text) => changeOf(before, after, text)).map(
      (change): Entry => ({ ...everywhere('forwards'), ...change }),
    ),
  ];
}

const originsOf = ({ origins }: Cors): readonly string[] => (origins === '*' ? ['*'] : [...origins].sort());
const pagesText = (origins: readonly string[]): string =>
  origins.includes('*') ? 'pages of any origin' : `pages of ${listed(origins)}`;
const pagesOf = (cors: Cors): string => pagesText(originsOf(cors));

/** A text for each member, so that a change of one does not hide among the others. */
const TEXTS: readonly ((cors: Cors) => string)[] = [
  (cors) => `given a response that ${pagesOf(cors)} can read`,
  ({ credentials }) =>
    credentials
      ? 'given a response that pages can read even if they send cookies'
      : 'given a response that pages cannot read if they send cookies',
  ({ exposed }) => `given a response in which pages can read the fields ${exposed}`,
  ({ maxAgeSeconds }) => `given a response that lets browsers remember preflights for ${maxAgeSeconds} s`,
];
