import type { Checked, Parameter } from '../contract.ts';
import type { ChangeList } from './changes.ts';
import { byId, el } from './dom.ts';
import type { Editor } from './editor.ts';
import { EXAMPLES } from './examples.ts';
import { layOut } from './json-layout.ts';
import { createLatest } from './latest.ts';
import { messageOf, server } from './server.ts';
import { duration } from './times.ts';

export interface Configuration {
  /** The value in SSM, as far as the page knows. */
  readonly stored: (name: string) => string;
  /** Puts a value, shows it, and returns its version. */
  readonly put: (name: string, value: string) => Promise<number>;
}

/** A parameter and the text in its editor. */
interface Draft extends Parameter {
  readonly text: string;
}

/** The parameters that are JSON; only these use the editor. */
const JSON_NAMES = ['policy', 'revocations'];
const ORDER = ['policy', 'revocations', 'issuer', 'audience', 'jwks-uri', 'upstream'];

export function createConfiguration(parameters: readonly Parameter[], changes: ChangeList): Configuration {
  const drafts = new Map<string, Draft>(
    parameters.map((parameter) => [parameter.name, { ...parameter, text: pretty(parameter) }]),
  );
  let current = 'policy';
  let editor: Editor | undefined;
  const latest = createLatest();
  const ui = {
    tabs: byId('tabs', HTMLElement),
    panel: byId('parameter', HTMLElement),
    description: byId('parameter-description', HTMLElement),
    examples: byId('examples-row', HTMLElement),
    example: byId('example', HTMLSelectElement),
    editor: byId('editor', HTMLElement),
    plainRow: byId('plain-row', HTMLElement),
    plain: byId('plain', HTMLInputElement),
    problems: byId('problems', HTMLElement),
    put: byId('put', HTMLButtonElement),
    reset: byId('reset', HTMLButtonElement),
    state: byId('put-state', HTMLElement),
  };
  const draft = () => drafts.get(current) as Draft;
  const isChanged = ({ text, ...parameter }: Draft) => text !== pretty(parameter);
  const change = (name: string, changed: Partial<Draft>) =>
    drafts.set(name, { ...(drafts.get(name) as Draft), ...changed });

  const check = (): Promise<Checked> =>
    server.check({ values: Object.fromEntries([...drafts].map(([name, { text }]) => [name, text])) });
  const showProblems = ({ problems, warnings }: Checked) => {
    ui.problems.replaceChildren(
      ...[...problems, ...warnings].map(({ severity, parameter, message, location }) =>
        el(
          'li',
          { class: severity === 'error' ? 'bad' : 'warn' },
          `${parameter}${location === undefined ? '' : ` ${location.at}`}: ${message}`,
        ),
      ),
    );
  };
  const recheck = async () => {
    const checked = await latest(check());
    if (checked !== undefined) showProblems(checked);
  };
  const showChanged = () => {
    ui.reset.disabled = !isChanged(draft());
    for (const tab of ui.tabs.children) {
      const one = drafts.get(tab.id.replace('tab-', ''));
      tab.classList.toggle('changed', one !== undefined && isChanged(one));
    }
  };
  const edited = (text: string) => {
    change(current, { text });
    showChanged();
  };

  const show = (name: string) => {
    current = name;
    const isJson = JSON_NAMES.includes(name);
    for (const tab of ui.tabs.children) {
      const selected = tab.id === `tab-${name}`;
      tab.setAttribute('aria-selected', String(selected));
      tab.setAttribute('tabindex', selected ? '0' : '-1');
    }
    ui.panel.setAttribute('aria-labelledby', `tab-${name}`);
    ui.description.textContent = draft().description;
    ui.examples.hidden = name !== 'policy';
    ui.editor.hidden = !isJson;
    ui.plainRow.hidden = isJson;
    byId('plain-label', HTMLElement).textContent = name;
    ui.state.textContent = '';
    if (isJson) editor?.show(name, draft().text);
    else ui.plain.value = draft().text;
    showChanged();
    void recheck();
  };

  const put: Configuration['put'] = async (name, value) => {
    const { version } = await server.put({ name, value });
    change(name, { value, version, text: pretty({ name, value }) });
    if (name === current) show(name);
    changes.watch();
    return version;
  };

  const tabs = ORDER.filter((name) => drafts.has(name)).map((name) => {
    const tab = el(
      'button',
      { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'parameter' },
      name,
    );
    tab.addEventListener('click', () => show(name));
    return tab;
  });
  ui.tabs.append(...tabs);
  ui.tabs.addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    const names = tabs.map(({ id }) => id.replace('tab-', ''));
    const next = names.at((names.indexOf(current) + step) % names.length) ?? current;
    show(next);
    document.getElementById(`tab-${next}`)?.focus();
  });
  ui.example.append(
    el('option', { value: '' }, 'Choose …'),
    ...EXAMPLES.map(({ title }) => el('option', {}, title)),
  );
  ui.example.addEventListener('change', () => {
    const chosen = EXAMPLES.find(({ title }) => title === ui.example.value);
    ui.example.value = '';
    if (chosen === undefined) return;
    edited(layOut(chosen.policy));
    show('policy');
  });
  ui.plain.addEventListener('input', () => {
    edited(ui.plain.value);
    void recheck();
  });
  ui.reset.addEventListener('click', () => {
    edited(pretty(draft()));
    show(current);
  });
  ui.put.addEventListener('click', async () => {
    const { name, text } = draft();
    ui.state.textContent = '';
    try {
      const version = await put(name, text);
      ui.state.textContent = `Version ${version} stored.`;
    } catch (error) {
      ui.state.textContent = messageOf(error);
    }
  });

  changes.onLook((seen) => {
    const newest = seen.find(({ name }) => name === current);
    if (newest !== undefined) {
      const { version, putAt, inForceAt } = newest;
      ui.state.textContent =
        inForceAt === undefined
          ? `Version ${version} stored, not in force yet.`
          : `Version ${version} in force after ${duration((inForceAt - putAt) / 1000)}.`;
    }
    // Another client, such as the AWS CLI, has put a value.
    const stale = seen.some(({ name, version }) => version > (drafts.get(name)?.version ?? version));
    if (stale) void reload();
  });
  const reload = async () => {
    const { parameters: now } = await server.stack();
    for (const parameter of now) {
      const one = drafts.get(parameter.name);
      if (one === undefined || one.version >= parameter.version) continue;
      change(parameter.name, isChanged(one) ? parameter : { ...parameter, text: pretty(parameter) });
      if (parameter.name === current && !isChanged(one)) show(current);
    }
  };

  show(current);
  void import('./editor.ts').then(async ({ createEditor }) => {
    editor = await createEditor(ui.editor, {
      changed: edited,
      check: async () => {
        const checked = await check();
        showProblems(checked);
        return [...checked.problems, ...checked.warnings].filter(({ parameter }) => parameter === current);
      },
    });
    show(current);
  });
  return { stored: (name) => drafts.get(name)?.value ?? '', put };
}

/** A value as the editor shows it: lays out JSON that is on one line. */
function pretty({ name, value }: Pick<Parameter, 'name' | 'value'>): string {
  if (!JSON_NAMES.includes(name) || value.includes('\n')) return value;
  try {
    return layOut(JSON.parse(value));
  } catch {
    return value;
  }
}
