import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { Path } from './schema-hints.ts';

type Tree = ReturnType<typeof syntaxTree>;
type Node = ReturnType<Tree['resolveInner']>;

/** How long to parse at most if the editor has not finished, in milliseconds. */
const PATIENCE_MS = 200;

const treeOf = (state: EditorState): Tree =>
  ensureSyntaxTree(state, state.doc.length, PATIENCE_MS) ?? syntaxTree(state);

/** What can be written at a position in a JSON document. */
export type Slot =
  /** A member name in the object at the path. */
  | { readonly kind: 'name'; readonly path: Path; readonly present: readonly string[] }
  /** The value at the path. */
  | { readonly kind: 'value'; readonly path: Path };

/** The text before the position, back to the character that decides what may follow. */
const BEFORE = /([{[,:])\s*"?[^"{}[\],:]*$/;

/** The slot at a position. The document may be incomplete. */
export function slotAt(state: EditorState, position: number): Slot | undefined {
  const before = BEFORE.exec(state.sliceDoc(Math.max(0, position - 500), position))?.[1];
  const container = containerAt(state, position);
  if (before === undefined || container === undefined) return undefined;
  const path = pathOf(state, container);
  if (container.name === 'Array') {
    return before === ':'
      ? undefined
      : { kind: 'value', path: [...path, elementsBefore(container, position)] };
  }
  if (before !== ':') return { kind: 'name', path, present: namesIn(state, container, position) };
  const name = lastName(state, container, position);
  return name === undefined ? undefined : { kind: 'value', path: [...path, name] };
}

/** The path of the member whose name is at a position, and the range of the name. */
export function nameAt(
  state: EditorState,
  position: number,
): { readonly path: Path; readonly from: number; readonly to: number } | undefined {
  const node = treeOf(state).resolveInner(position, 1);
  const container = node.parent?.parent;
  if (node.name !== 'PropertyName' || !container) return undefined;
  return { path: [...pathOf(state, container), textOf(state, node)], from: node.from, to: node.to };
}

/** The value of the member "type" of the object at a path. */
export function typeAt(state: EditorState, path: Path): string | undefined {
  let node: Node | null = treeOf(state).topNode.firstChild;
  for (const step of [...path, 'type']) {
    node = typeof step === 'number' ? elementOf(node, step) : memberValue(state, node, step);
  }
  return node?.name === 'String' ? textOf(state, node) : undefined;
}

function containerAt(state: EditorState, position: number): Node | undefined {
  let node: Node | null = treeOf(state).resolveInner(position, -1);
  for (; node; node = node.parent) {
    const open = node.name === 'Object' || node.name === 'Array';
    // A position after the closing bracket is outside.
    if (open && !(node.to <= position && /[\]}]/.test(state.sliceDoc(node.to - 1, node.to)))) return node;
  }
  return undefined;
}

function pathOf(state: EditorState, node: Node): Path {
  const { parent } = node;
  if (parent === null || parent.name === 'JsonText') return [];
  if (parent.name === 'Array') return [...pathOf(state, parent), elementsBefore(parent, node.from)];
  const name = parent.getChild('PropertyName');
  return parent.parent && name ? [...pathOf(state, parent.parent), textOf(state, name)] : [];
}

const VALUES = ['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null'];

const childrenOf = (node: Node): Node[] => {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
};

const elementsBefore = (array: Node, position: number): number =>
  childrenOf(array).filter(({ name, to }) => VALUES.includes(name) && to < position).length;

const elementOf = (node: Node | null, index: number): Node | null =>
  node?.name === 'Array'
    ? (childrenOf(node).filter(({ name }) => VALUES.includes(name))[index] ?? null)
    : null;

const membersOf = (node: Node): Node[] => childrenOf(node).filter(({ name }) => name === 'Property');

function memberValue(state: EditorState, node: Node | null, wanted: string): Node | null {
  if (node?.name !== 'Object') return null;
  const member = membersOf(node).find((one) => nameOf(state, one) === wanted);
  return member === undefined ? null : (childrenOf(member).find(({ name }) => VALUES.includes(name)) ?? null);
}

function nameOf(state: EditorState, member: Node): string | undefined {
  const name = member.getChild('PropertyName');
  return name ? textOf(state, name) : undefined;
}

/** The member names of an object, except the one being written. */
const namesIn = (state: EditorState, object: Node, position: number): string[] =>
  membersOf(object).flatMap((member) => {
    const name = member.getChild('PropertyName');
    return name && (position < name.from || position > name.to) ? [textOf(state, name)] : [];
  });

const lastName = (state: EditorState, object: Node, position: number): string | undefined =>
  membersOf(object)
    .filter(({ from }) => from < position)
    .map((member) => nameOf(state, member))
    .at(-1);

function textOf(state: EditorState, { from, to }: Node): string {
  const text = state.sliceDoc(from, to);
  try {
    return String(JSON.parse(text));
  } catch {
    return text.replaceAll('"', '');
  }
}
