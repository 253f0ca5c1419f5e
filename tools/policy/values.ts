import type { ParameterName } from '../../lambda/contract.ts';
import { unpack } from '../../lambda/core/config/pack.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { JSON_PARAMETERS } from '../check-config/places.ts';
import { packedForm, type Tier, tierOf } from '../check-config/sizes.ts';
import { PARAMETER_NAMES } from '../parameter-versions.ts';

/** A value that is JSON, without the white space that only people need; undefined for any other. */
function jsonOf(name: ParameterName, value: string): string | undefined {
  const text = unpack(value.trim());
  if ('problems' in text || !JSON_PARAMETERS.some((one) => one === name)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text.value));
  } catch {
    return undefined;
  }
}

/** Whether two values are the same to the function: packing and white space of JSON tell it nothing. */
export const isSameValue = (
  name: ParameterName,
  one: string | undefined,
  other: string | undefined,
): boolean =>
  one === other || (one !== undefined && other !== undefined && plain(name, one) === plain(name, other));

const plain = (name: ParameterName, value: string): string => jsonOf(name, value) ?? value.trim();

/** The parameters whose values differ, in the order of the contract. */
export const differingNames = (before: ParameterValues, after: ParameterValues): readonly ParameterName[] =>
  PARAMETER_NAMES.filter(
    (name) => after[name] !== undefined && !isSameValue(name, before[name], after[name]),
  );

/** A value as it is put, and what is to be said of that. */
export type StoredForm =
  | { readonly value: string; readonly note: string | undefined }
  | { readonly problem: string };

/** SSM takes no text in two pairs of braces. */
const NESTED = /\{\{[\s\S]*?\}\}/;

/** As it is, else packed: the advanced tier costs money, so what fits the standard tier in either form goes there. */
export function storedForm(name: ParameterName, value: string): StoredForm {
  const trimmed = value.trim();
  const bytes = Buffer.byteLength(trimmed);
  const packed = jsonOf(name, trimmed) === undefined ? undefined : packedForm(trimmed);
  const isNested = NESTED.test(trimmed);
  const forms: { readonly value: string; readonly tier: Tier | undefined; readonly note: string }[] = [
    { value: trimmed, tier: isNested ? undefined : tierOf(bytes), note: `${name} has ${bytes} bytes` },
    ...(packed === undefined
      ? []
      : [
          {
            value: packed,
            tier: tierOf(packed.length),
            note: `${name} is put in its packed form: ${packed.length} bytes, ${bytes} as it is`,
          },
        ]),
  ];
  const standard = forms.find(({ tier }) => tier === 'standard');
  if (standard !== undefined) {
    return { value: standard.value, note: standard === forms[0] ? undefined : standard.note };
  }
  const advanced = forms.find(({ tier }) => tier === 'advanced');
  if (advanced !== undefined) {
    const note = `${advanced.note}, which takes the advanced tier of SSM: $0.05 a month`;
    return { value: advanced.value, note };
  }
  return {
    problem: isNested
      ? 'has a text between {{ and }}, which SSM does not take: write it otherwise'
      : `takes ${bytes} bytes${packed === undefined ? '' : `, and ${packed.length} packed`}, but SSM holds 8192 at most: shorten it`,
  };
}
