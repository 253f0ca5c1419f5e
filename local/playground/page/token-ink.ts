import { el } from './dom.ts';

/**
 * Colours the three segments of a token in a text area. A text area has only one colour, so its own text is transparent and the
 * coloured copy lies behind it. Returns a function to call when the text has changed.
 */
export function createTokenInk(text: HTMLTextAreaElement, ink: HTMLElement): () => void {
  const follow = () => {
    ink.scrollTop = text.scrollTop;
  };
  const draw = () => {
    const [, header, claims, signature] = /^\s*([\w-]+)\.([\w-]+)\.([\w-]*)\s*$/.exec(text.value) ?? [];
    const isToken = header !== undefined && claims !== undefined && signature !== undefined;
    text.classList.toggle('inked', isToken);
    ink.hidden = !isToken;
    if (!isToken) return;
    ink.replaceChildren(
      el('span', { class: 'ink-header' }, header),
      '.',
      el('span', { class: 'ink-claims' }, claims),
      '.',
      el('span', { class: 'ink-signature' }, signature),
    );
    follow();
  };
  text.addEventListener('scroll', follow);
  return draw;
}
