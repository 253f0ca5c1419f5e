import type { ParameterName } from '../../lambda/contract.ts';
import type { Reading } from '../../lambda/core/config/reading.ts';
import { NOW } from './tokens.ts';

type Of<T> = { readonly [name in ParameterName]?: T | undefined };

/** A reading of these values. Versions default to 1, and each later version was put a minute later. */
export function readingOf(values: Of<string>, versions: Of<number> = {}): Reading {
  const found = Object.entries(values).flatMap(([name, value]) => {
    const version = versions[name as ParameterName] ?? 1;
    return value === undefined ? [] : [[name, { value, version, modifiedAt: NOW - 86_400 + version * 60 }]];
  });
  return Object.fromEntries(found);
}
