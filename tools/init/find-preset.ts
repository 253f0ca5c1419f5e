import { nearestName } from '../../lambda/core/config/nearest-name.ts';
import { sharedIssuerOf } from '../../lambda/core/config/shared-issuers.ts';
import { ArgumentError } from '../arguments.ts';
import { shellWord } from '../shell-word.ts';
import { ANY_ISSUER, anyIssuer } from './presets/any-issuer.ts';
import type { Preset } from './presets/preset.ts';
import { PRESETS } from './presets/presets.ts';
import { unusable } from './unusable-issuers.ts';

const NAMES = [...PRESETS.map(({ name }) => name), ANY_ISSUER];

/**
 * The presets that these issuers may belong to: the named one, or those whose issuers look similar.
 *
 * @throws ArgumentError if there is none, or if an issuer is most likely misspelt
 */
export function presetsOf(issuers: readonly string[], name: string | undefined): readonly Preset[] {
  const [issuer = ''] = issuers;
  const several = issuers.length > 1;
  const twice = issuers.find((one, index) => issuers.indexOf(one) !== index);
  if (twice !== undefined) throw new ArgumentError(`ISSUER ${twice} is given twice: leave one out.`);
  if (name === undefined) {
    for (const one of issuers) rejectMisspelt(one);
    const found = PRESETS.filter(
      (preset) => issuers.every((one) => preset.issuer.test(one)) && several === (preset.several ?? false),
    );
    if (found.length === 0 && several) throw new ArgumentError(SEVERAL);
    return found.length > 0 ? found : [anyIssuer(issuer)];
  }
  if (name === ANY_ISSUER && !several) return [anyIssuer(issuer)];
  const preset = PRESETS.find((one) => one.name === name);
  if (preset === undefined && name !== ANY_ISSUER) throw new ArgumentError(unknown(name));
  if (preset === undefined || (several && preset.several !== true)) throw new ArgumentError(SEVERAL);
  return [preset];
}

const isKnown = (issuer: string): boolean =>
  PRESETS.some((preset) => preset.issuer.test(issuer)) ||
  sharedIssuerOf(issuer) !== undefined ||
  unusable(issuer) !== undefined;

/** RFC 7519 §4.1.1: `iss` is compared as it is. A slash must not make a known provider unrecognized. */
function rejectMisspelt(issuer: string): void {
  const meant = isKnown(issuer) ? undefined : spellings(issuer).find(isKnown);
  if (meant === undefined) return;
  throw new ArgumentError(
    `ISSUER ${issuer} is almost ${meant}, and the function compares every character: run  npm run init -- ${shellWord(meant)}  or, if the "iss" of the tokens is as given, add --provider ${ANY_ISSUER}.`,
  );
}

/** An issuer with and without a slash at the end, in lower case, and with a scheme. */
function spellings(issuer: string): string[] {
  const url = /^[a-z][a-z0-9+.-]*:/i.test(issuer) ? issuer : `https://${issuer}`;
  const lowerHost = url.replace(/^[^/]*\/\/[^/]*/, (origin) => origin.toLowerCase());
  return [url, lowerHost, url.toLowerCase()].flatMap((one) => {
    const bare = one.replace(/\/+$/, '');
    return [bare, `${bare}/`];
  });
}

const SEVERAL = `Several issuers go together only where one key set serves them all, as with ${PRESETS.filter(
  ({ several }) => several,
)
  .map(({ name }) => `--provider ${name}`)
  .join(' or ')}: run init for each, and put the providers into one policy.`;

function unknown(name: string): string {
  const nearest = nearestName(name, NAMES);
  return nearest === undefined
    ? `--provider takes one of ${NAMES.join(', ')}.`
    : `There is no such --provider; did you mean ${nearest}?`;
}
