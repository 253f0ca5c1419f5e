import type { AskedClaim, Preset } from './presets/preset.ts';

/** A claim, and how its values are used. */
export interface ClaimPlace extends Pick<AskedClaim, 'of' | 'rule'> {
  /** Its name, or a JSON Pointer if it begins with a slash. */
  readonly claim: string;
  /** The question of the preset that it answers, if there is one. */
  readonly asked: AskedClaim | undefined;
}

/** The claim that a name means. The name may be the preset's, the claim's own, or unknown to the preset. */
export function placeOfClaim({ claims }: Pick<Preset, 'claims'>, name: string): ClaimPlace {
  for (const asked of claims) {
    for (const pattern of [asked.name, asked.pointer ?? asked.name]) {
      const rest = restBehind(pattern, name);
      if (rest === undefined) continue;
      const claim = (asked.pointer ?? asked.name).replace(/\*$/, () => rest);
      return { claim, asked, of: asked.of, rule: asked.rule };
    }
  }
  return { claim: name, asked: undefined, of: 'route', rule: 'anyOf' };
}

/** What the `*` at the end of a pattern stands for; empty if it has none and is exactly this name. */
function restBehind(pattern: string, name: string): string | undefined {
  if (!pattern.endsWith('*')) return pattern === name ? '' : undefined;
  const parent = pattern.slice(0, -1);
  const rest = name.startsWith(parent) ? name.slice(parent.length) : '';
  return rest === '' || rest.includes('/') ? undefined : rest;
}
