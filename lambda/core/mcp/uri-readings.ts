import { decodeEscapes } from '../paths/spelling.ts';

/**
 * A URI in the spellings that servers take for one: with its escapes decoded, and as the URL Standard writes it, which the official
 * TypeScript and Python servers compare. `FILE:/a%2Fb` is `file:///a/b` there. Of a URI without a problem they are few.
 */
export function uriReadings(uri: string): readonly string[] {
  const readings = new Set([uri]);
  // A set goes on with what is added to it.
  for (const reading of readings) {
    readings.add(decodeEscapes(reading));
    if (URL.canParse(reading)) readings.add(new URL(reading).href);
  }
  return [...readings];
}
