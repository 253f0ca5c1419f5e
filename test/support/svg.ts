/** An element of an SVG, in the order of the document. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The text directly in the element, with its entities resolved. */
  text: string;
}

const NAME = '[A-Za-z][\\w:-]*';
const ATTRIBUTES = `(?:\\s+${NAME}="[^"<]*")*`;
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

/** The elements of an SVG; throws if it is not well-formed. Takes no comments, CDATA or processing instructions. */
export function elementsOf(svg: string): SvgElement[] {
  const elements: SvgElement[] = [];
  const open: SvgElement[] = [];
  const token = new RegExp(`<(${NAME})(${ATTRIBUTES})\\s*(/?)>|</(${NAME})>|([^<]+)`, 'y');
  while (token.lastIndex < svg.length) {
    const at = token.lastIndex;
    const [, name, attributes = '', isEmpty, closed, text] = token.exec(svg) ?? fail(svg, at);
    if (name !== undefined) {
      if (open.length === 0 && elements.length > 0) fail(svg, at);
      const element = { name, attributes: attributesOf(attributes), text: '' };
      elements.push(element);
      if (isEmpty === '') open.push(element);
    } else if (closed !== undefined) {
      if (open.pop()?.name !== closed) fail(svg, at);
    } else if (text !== undefined) {
      const parent = open.at(-1);
      if (parent === undefined && text.trim() !== '') fail(svg, at);
      if (parent !== undefined) parent.text += resolved(text);
    }
  }
  if (open.length > 0 || elements.length === 0) fail(svg, svg.length);
  return elements;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(new RegExp(`(${NAME})="([^"]*)"`, 'g'))].map(
    ([, name = '', value = '']) => [name, resolved(value)] as const,
  );
  const attributes = Object.fromEntries(pairs);
  if (Object.keys(attributes).length !== pairs.length)
    throw new Error(`an attribute is given twice: ${text}`);
  return attributes;
}

const resolved = (text: string): string =>
  text.replace(/&\w*;?/g, (entity) => ENTITIES[entity] ?? fail(text, text.indexOf(entity)));

function fail(text: string, at: number): never {
  throw new Error(`not well-formed: ${text.slice(Math.max(0, at - 40), at + 60)}`);
}
