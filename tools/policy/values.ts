import type { ParameterName } from '../../lambda/contract.ts';
import { unpack } from '../../lambda/core/config/pack.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { JSON_PARAMETERS } from '../check-config/places.ts';
import { packedForm, type Tier, tierOf } from '../check-config/sizes.ts';
import { PARAMETER_NAMES } from '../parameter-versions.ts';

/** A JSON value without the white space that only people need; undefined for anything else. */
function jsonOf(name: ParameterName, value: string): string | undefined {
  const text = unpack(value);
  if ('problems' in text || !JSON_PARAMETERS.some((one) => one === name)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text.value));
  } catch {
    return undefined;
  }
}

/** Whether two values are the same to the function, which ignores packing and the white space of JSON. */
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

/** A value in the form in which it is put, and a note about that form. */
export type StoredForm =
  | { readonly value: string; readonly note: string | undefined }
  | { readonly problem: string };

/** SSM accepts no text in double braces. */
const NESTED = /\{\{[\s\S]*?\}\}/;

/** As it is, or packed. The advanced tier costs money, so a value that fits the standard tier in either form goes there. */
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
            note: `${name} is put in its packed form: ${packed.length} bytes instead of ${bytes}`,
          },
        ]),
  ];
  const standard = forms.find(({ tier }) => tier === 'standard');
  if (standard !== undefined) {
    return { value: standard.value, note: standard === forms[0] ? undefined : standard.note };
  }
  const advanced = forms.find(({ tier }) => tier === 'advanced');
  if (advanced !== undefined) {
    const note = `${advanced.note}, which needs SSM's advanced tier: $0.05 per month`;
    return { value: advanced.value, note };
  }
  return {
    problem: isNested
      ? 'has text between {{ and }}, which SSM does not accept: write it differently'
      : `takes ${bytes} bytes${packed === undefined ? '' : `, or ${packed.length} packed`}, but SSM holds at most 8192: shorten it`,
  };
}
