/** The error in the response of a service that uses XML; both members are empty if there is none. */
export function faultIn(text: string): { readonly code: string; readonly message: string } {
  return {
    code: /<Code>([A-Za-z0-9.]{1,80})<\/Code>/.exec(text)?.[1] ?? '',
    message: xmlText(/<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? ''),
  };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The text of an XML element with its references resolved (XML 1.0 §4.1, §4.6). */
export const xmlText = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
