import type { Explanation } from '../../../tools/explain/explain.ts';
import { el } from './dom.ts';

type Step = Explanation['steps'][number];

const OUTCOMES = {
  pass: ['✓', 'passes'],
  fail: ['✕', 'fails'],
  skip: ['–', 'is skipped'],
} as const;

/** The stages in order. The stages after the first failure show what would follow if it had passed. */
export function stageList(steps: readonly Step[]): HTMLElement {
  const first = steps.findIndex(({ outcome }) => outcome === 'fail');
  return el(
    'ol',
    { class: 'stages' },
    ...steps.flatMap((step, index) => [
      stage(step, first !== -1 && index > first),
      ...(index === first && index < steps.length - 1
        ? [el('li', { class: 'divider' }, 'If that had passed')]
        : []),
    ]),
  );
}

function stage({ name, outcome, code, text, hints }: Step, after: boolean): HTMLElement {
  const [mark, word] = OUTCOMES[outcome];
  return el(
    'li',
    { class: `stage ${outcome}${after ? ' after' : ''}` },
    el('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
    el(
      'div',
      {},
      el('span', { class: 'name' }, name),
      el('span', { class: 'unseen' }, ` ${word}: `),
      el('span', { class: 'text' }, text),
      code === undefined ? undefined : el('code', { class: 'tag' }, code),
      ...hints.map((hint) => el('p', { class: 'hint' }, hint)),
    ),
  );
}
