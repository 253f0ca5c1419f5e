import { nearestName } from '../../lambda/core/config/nearest-name.ts';
import { ArgumentError } from '../arguments.ts';
import { ANY_ISSUER, anyIssuer } from './presets/any-issuer.ts';
import type { Preset } from './presets/preset.ts';
import { PRESETS } from './presets/presets.ts';

const NAMES = [...PRESETS.map(({ name }) => name), ANY_ISSUER];

/** The presets that these issuers may be of: the one that is named, or those whose issuers look like them. */
export function presetsOf(issuers: readonly string[], name: string | undefined): readonly Preset[] {
  const [issuer = ''] = issuers;
  const several = issuers.length > 1;
  if (name === undefined) {
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
