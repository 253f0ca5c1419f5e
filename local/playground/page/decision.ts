import type { Logged, Sent } from '../contract.ts';
import {
  challengeSection,
  logSection,
  readingsSection,
  responseSection,
  upstreamSection,
} from './decision-sections.ts';
import { byId, el, withCode } from './dom.ts';
import { stageList } from './stages.ts';

export interface DecisionPanel {
  /** Marks the panel as busy: a request is under way, and the panel shows the decision on an earlier one. */
  readonly wait: () => void;
  /** Shows the decision on a request; undefined if there was no response. */
  readonly show: (sent: Sent | undefined) => void;
  /** Shows which break is active; without content, that none is. */
  readonly setBroken: (...content: (Node | string)[]) => void;
}

export function createDecision(): DecisionPanel {
  const verdict = byId('verdict', HTMLElement);
  const rest = byId('decision', HTMLElement);
  const broken = byId('broken', HTMLElement);
  verdict.replaceChildren(
    el(
      'div',
      { class: 'empty' },
      el('p', {}, 'No request has been sent yet.'),
      el(
        'ol',
        {},
        el('li', {}, el('strong', {}, 'Send'), ' one to see how it is decided, stage by stage.'),
        el('li', {}, el('strong', {}, 'Break it'), ' with one click to see how the function reacts.'),
        el('li', {}, el('strong', {}, 'Put'), ' another policy and watch it come into force.'),
      ),
    ),
  );
  const panel = byId('decision-panel', HTMLElement);
  return {
    wait: () => panel.setAttribute('aria-busy', 'true'),
    show(sent) {
      panel.removeAttribute('aria-busy');
      if (sent === undefined) {
        verdict.replaceChildren(
          el('p', { class: 'empty' }, 'There is no decision, because the request got no response.'),
        );
        rest.replaceChildren();
        return;
      }
      const { logged, explained, difference } = sent;
      verdict.replaceChildren(
        verdictLine(sent),
        ...reasonLines(logged),
        ...(difference === undefined ? [] : [differenceNote(difference)]),
      );
      // The readings come first if they are the reason for the rejection.
      const readings = readingsSection(explained);
      const first = logged?.line.code === 'path_invalid';
      rest.replaceChildren(
        ...(first ? readings : []),
        ...stagesOf(sent),
        ...(first ? [] : readings),
        ...challengeSection(sent.answer),
        ...upstreamSection(sent),
        responseSection(sent),
        ...logSection(logged),
      );
      // In a narrow window, this panel is below the button that was clicked.
      if (matchMedia('(max-width: 1099px)').matches) panel.scrollIntoView();
    },
    setBroken(...content) {
      broken.hidden = content.length === 0;
      broken.replaceChildren(...content);
    },
  };
}

/** The status of the real response, and the code from the function's log line. */
function verdictLine({ answer, logged, requestId }: Sent): HTMLElement {
  const { status, milliseconds } = answer;
  const tone = status < 400 ? 'ok' : 'bad';
  const by = requestId === undefined ? 'returned by the load balancer, without the function' : undefined;
  const code = logged === undefined ? (by ?? 'no decision in the log') : String(logged.line.code);
  return el(
    'div',
    { class: `verdict ${tone}` },
    el('span', { class: 'status' }, String(status)),
    el('span', { class: 'code' }, code),
    el('span', { class: 'took' }, `${milliseconds} ms`),
  );
}

function reasonLines(logged: Logged | undefined): HTMLElement[] {
  if (logged === undefined) return [];
  const { reason, reported } = logged.line;
  const { meaning } = logged;
  return [
    ...(reported === undefined
      ? []
      : [el('p', { class: 'note' }, `Let through in report-only mode. Enforced, it would be ${reported}.`)]),
    ...(reason === undefined ? [] : [el('p', { class: 'reason' }, String(reason))]),
    ...(meaning === undefined
      ? []
      : [
          el('p', { class: 'hint' }, el('strong', {}, 'Operator: '), ...withCode(meaning.operator)),
          el('p', { class: 'hint' }, el('strong', {}, 'Caller: '), ...withCode(meaning.whatHelps)),
        ]),
  ];
}

const differenceNote = ({ decided, explained }: NonNullable<Sent['difference']>): HTMLElement =>
  el(
    'p',
    { class: 'difference', role: 'note' },
    el('strong', {}, `The function decided ${decided}; the stages below come to ${explained}. `),
    'The usual reason: the stages use freshly fetched keys, while the function still uses the keys that it has.',
  );

function stagesOf({ explained, requestId }: Sent): HTMLElement[] {
  // The load balancer responded on its own.
  if (requestId === undefined) return [];
  if (explained.kind === 'invalid') {
    return [
      el('h3', {}, 'Stages'),
      el('p', { class: 'failure' }, 'The parameters are not valid, so there are no stages to show:'),
      el(
        'ul',
        { class: 'problems' },
        ...explained.problems.map((problem) => el('li', { class: 'bad' }, problem)),
      ),
    ];
  }
  return [el('h3', {}, 'Stages'), stageList(explained.explanation.steps)];
}
