import type { ParameterName } from '../../lambda/contract.ts';
import { pack, unpack } from '../../lambda/core/config/pack.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';

/** The size of a parameter in the store. */
export interface Size {
  /** As it is, in bytes. */
  readonly bytes: number;
  /** Packed, in bytes. */
  readonly packedBytes: number;
  /** Whether it is packed already. */
  readonly packed: boolean;
  /** The smallest tier that takes it as it is. */
  readonly tier: Tier | undefined;
  /** The same for its packed form. */
  readonly packedTier: Tier | undefined;
}

export type Tier = 'standard' | 'advanced';

/** https://docs.aws.amazon.com/general/latest/gr/ssm.html#limits_ssm */
const TIERS = [
  ['standard', 4096],
  ['advanced', 8192],
] as const;

export function sizeOf(value: string): Size {
  const bytes = Buffer.byteLength(value);
  const packedBytes = packedForm(value).length;
  return {
    bytes,
    packedBytes,
    packed: value.startsWith('gz:'),
    tier: tierOf(bytes),
    packedTier: tierOf(packedBytes),
  };
}

/** A valid JSON value packed, without the white space that only people need. */
export function packedForm(value: string): string {
  const text = unpack(value);
  if ('problems' in text) return value;
  return pack(JSON.stringify(JSON.parse(text.value)));
}

/** What to do if a value does not fit the standard tier; undefined if it does. */
export function sizeWarning(parameter: ParameterName, size: Size): Warning | undefined {
  const message = sizeMessage(size);
  return message === undefined ? undefined : { kind: 'size', parameter, message };
}

function sizeMessage(size: Size): string | undefined {
  const { bytes, packedBytes, tier, packedTier } = size;
  if (tier === 'standard') return undefined;
  const packing =
    packedTier === undefined
      ? ''
      : `${tier === undefined ? '' : ', or'} in its packed form (${packedBytes} bytes, ${packedTier} tier; --pack prints it)`;
  if (tier === 'advanced') {
    return `takes ${bytes} bytes, over the 4096 of the standard tier: put it with --tier Advanced${packing}`;
  }
  return packing === ''
    ? `takes ${bytes} bytes, or ${packedBytes} packed, but SSM holds at most 8192: shorten it`
    : `takes ${bytes} bytes, over the 8192 that SSM holds: put it${packing}`;
}

export const tierOf = (bytes: number): Tier | undefined => TIERS.find(([, limit]) => bytes <= limit)?.[0];
