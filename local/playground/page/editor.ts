import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter, lintGutter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { el } from './dom.ts';
import { nameAt, slotAt, typeAt } from './json-position.ts';
import { type Finding, rangeOf } from './problem-place.ts';
import { descriptionAt, membersAt, type Schema, valuesAt } from './schema-hints.ts';

export interface Editor {
  /** Shows the text of a parameter. */
  readonly show: (name: string, text: string) => void;
}

interface EditorEvents {
  readonly changed: (text: string) => void;
  /** Findings about the parameter in the editor. */
  readonly check: () => Promise<readonly Finding[]>;
}

/** An editor for JSON parameters. Completes and explains from the published schemas, and marks the checker's problems. */
export async function createEditor(parent: HTMLElement, events: EditorEvents): Promise<Editor> {
  const [policy, revocations] = await Promise.all(['policy', 'revocations'].map(loadSchema));
  const schemas = new Map([
    ['policy', policy ?? {}],
    ['revocations', revocations ?? {}],
  ]);
  let view: EditorView | undefined;
  return {
    show(name, text) {
      const state = EditorState.create({
        doc: text,
        extensions: extensions(name, schemas.get(name) ?? {}, events),
      });
      if (view === undefined) view = new EditorView({ parent, state });
      else view.setState(state);
      forceLinting(view);
    },
  };
}

const loadSchema = async (name: string): Promise<Schema> => (await fetch(`/schema/${name}.json`)).json();

function extensions(name: string, schema: Schema, { changed, check }: EditorEvents): Extension {
  return [
    lineNumbers(),
    history(),
    bracketMatching(),
    closeBrackets(),
    json(),
    syntaxHighlighting(COLORS),
    lintGutter(),
    linter(async (view) => (await check()).map((finding) => diagnosticOf(finding, view.state)), {
      delay: 250,
    }),
    autocompletion({ override: [(context) => complete(context, schema)], icons: false }),
    hoverTooltip((view, position) => help(view, position, schema)),
    // Tab is not bound, so that it leaves the editor like any other field.
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...standardKeymap]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': `${name}, JSON` }),
    EditorView.cspNonce.of(nonce()),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    }),
    EditorState.tabSize.of(2),
  ];
}

/** The nonce of the page's style sheet; with it, the page's CSP lets the editor add its own style sheet. */
const nonce = (): string => document.querySelector<HTMLLinkElement>('link[rel="stylesheet"]')?.nonce ?? '';

const diagnosticOf = (finding: Finding, { doc }: EditorState): Diagnostic => ({
  ...rangeOf(finding, doc),
  severity: finding.severity,
  message: finding.message,
});

function complete(context: CompletionContext, schema: Schema): CompletionResult | null {
  const { state, pos } = context;
  const slot = slotAt(state, pos);
  const word = context.matchBefore(/"?[\w$-]*$/);
  if (slot === undefined || (!context.explicit && (word === null || word.from === word.to))) return null;
  const from = word?.from ?? pos;
  const type = (path: Parameters<typeof typeAt>[1]) => typeAt(state, path);
  const options: Completion[] =
    slot.kind === 'name'
      ? membersAt(schema, slot.path, type)
          .filter(({ name }) => !slot.present.includes(name))
          .map(({ name, description, required, value: [before, after] }) => ({
            label: `"${name}"`,
            info: description,
            detail: required ? 'required' : '',
            apply: inserted(`"${name}": ${before}`, after),
          }))
      : valuesAt(schema, slot.path, type).map((value) => ({ label: value, apply: inserted(value, '') }));
  return options.length === 0 ? null : { from, options, validFor: /^"?[\w$-]*$/ };
}

/** Replaces the word, and the quote that the editor has added after it, and puts the cursor between `before` and `after`. */
const inserted =
  (before: string, after: string): NonNullable<Completion['apply']> =>
  (view, _, from, to) => {
    const end = view.state.sliceDoc(to, to + 1) === '"' ? to + 1 : to;
    view.dispatch({
      changes: { from, to: end, insert: before + after },
      selection: { anchor: from + before.length },
      userEvent: 'input.complete',
    });
  };

function help(view: EditorView, position: number, schema: Schema) {
  const name = nameAt(view.state, position);
  const text = name && descriptionAt(schema, name.path, (path) => typeAt(view.state, path));
  if (name === undefined || text === undefined) return null;
  return { pos: name.from, end: name.to, create: () => ({ dom: el('div', { class: 'help' }, text) }) };
}

const COLORS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--number)' },
  { tag: [tags.brace, tags.squareBracket, tags.separator], color: 'var(--muted)' },
]);
