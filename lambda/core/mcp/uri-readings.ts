import { decodeEscapes } from '../paths/spelling.ts';

/**
 * The spellings of a URI that servers treat as the same: with its escapes decoded, and as the URL Standard writes it,
 * which the official TypeScript and Python servers compare. To them `FILE:/a%2Fb` is `file:///a/b`. A URI without a
 * problem has few.
 */
export function uriReadings(uri: string): readonly string[] {
  const readings = new Set([uri]);
  // The loop also visits what is added to the set meanwhile.
  for (const reading of readings) {
    readings.add(decodeEscapes(reading));
    if (URL.canParse(reading)) readings.add(new URL(reading).href);
  }
  return [...readings];
}
