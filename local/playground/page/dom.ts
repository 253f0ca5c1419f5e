/** Children of an element. Text becomes a text node, never markup. */
type Child = Node | string | undefined;

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** Creates an element. Sets an attribute that is `true` to the empty string; leaves out `false` and undefined ones. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(attribute, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Finds an element of the page by its id. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return element;
}

export function button(text: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = el('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', onClick);
  return made;
}

/** A block that opens and closes under its title. */
export const fold = (title: string, open: boolean, ...children: readonly Child[]): HTMLDetailsElement =>
  el('details', { class: 'fold', open }, el('summary', {}, title), ...children);

/** Shows text between backquotes as code. */
export const withCode = (text: string): (Node | string)[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? el('code', {}, part) : part));

/** A note beside a value. The space makes screen readers read the two apart. */
export const aside = (className: string, text: string): (Node | string)[] => [
  ' ',
  el('span', { class: className }, text),
];
