import type { AskedClaim, Preset } from './presets/preset.ts';

/** A claim and what becomes of its values. */
export interface ClaimPlace extends Pick<AskedClaim, 'of' | 'rule'> {
  /** By its name, or by JSON Pointer where it begins with a slash. */
  readonly claim: string;
  /** The question of the preset that it answers, if there is one. */
  readonly asked: AskedClaim | undefined;
}

/** Which claim a name means: the preset's name for it, the claim itself, or one that the preset does not ask for. */
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

/** What stands for the `*` at the end of a pattern; empty where it has none and is just this name. */
function restBehind(pattern: string, name: string): string | undefined {
  if (!pattern.endsWith('*')) return pattern === name ? '' : undefined;
  const parent = pattern.slice(0, -1);
  const rest = name.startsWith(parent) ? name.slice(parent.length) : '';
  return rest === '' || rest.includes('/') ? undefined : rest;
}
