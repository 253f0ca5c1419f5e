import type { Cors } from '../../../lambda/core/http/cors.ts';
import { listed } from '../../explain/format.ts';
import { type Effect, type Entry, everywhere } from './entry.ts';
import { changeOf } from './forward-changes.ts';
import { serialized } from './plain-values.ts';

const PREFLIGHT = 'a CORS preflight';
const DECIDED = 'decided on by its route';
const REFUSED = '403 origin_not_allowed';
const ANSWERED = 'answered as a CORS preflight';

/** Whose preflights are answered here, and which pages may read answers. */
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
      { ...everywhere('forwards'), ...corsTexts(before, after) },
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
    ...changeOf(before, after, corsText).map((change): Entry => ({ ...everywhere('forwards'), ...change })),
  ];
}

const originsOf = ({ origins }: Cors): readonly string[] => (origins === '*' ? ['*'] : [...origins].sort());
const pagesText = (origins: readonly string[]): string =>
  origins.includes('*') ? 'pages of any origin' : `pages of ${listed(origins)}`;
const pagesOf = (cors: Cors): string => pagesText(originsOf(cors));

const corsTexts = (before: Cors | undefined, after: Cors | undefined): Pick<Entry, 'now' | 'was'> => ({
  now: after === undefined ? 'answered with the CORS fields of the upstream' : corsText(after),
  was: before === undefined ? 'answered with the CORS fields of the upstream' : corsText(before),
});

const corsText = (cors: Cors): string =>
  `answered with CORS fields for ${pagesOf(cors)}, ${cors.credentials ? 'with' : 'without'} credentials, ` +
  `exposing ${cors.exposed}, for ${cors.maxAgeSeconds} s`;
