import { el } from './dom.ts';

/**
 * Colours the three segments of a token in a text area, which has one colour only: the same text lies behind it, and its own is
 * transparent. Returns what is to be called when the text has been changed.
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
