/** Children of an element. Text only ever becomes a text node, whatever is in it. */
type Child = Node | string | undefined;

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** Makes an element. An attribute that is `true` is empty; one that is `false` or undefined is left out. */
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

/** The element of the page with this id. */
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

/** A block that can be opened, with its title. */
export const fold = (title: string, open: boolean, ...children: readonly Child[]): HTMLDetailsElement =>
  el('details', { class: 'fold', open }, el('summary', {}, title), ...children);

/** Text in which what is between backquotes is code. */
export const withCode = (text: string): (Node | string)[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? el('code', {}, part) : part));

/** What stands beside a value; a screen reader reads the two apart. */
export const aside = (className: string, text: string): (Node | string)[] => [
  ' ',
  el('span', { class: className }, text),
];
