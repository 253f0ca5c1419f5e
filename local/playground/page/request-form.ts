import type { Field, SendRequest, Sent, StackState } from '../contract.ts';
import { byId, el } from './dom.ts';
import { createLatest } from './latest.ts';
import { messageOf, server } from './server.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** The parts of the request that other panels can change. */
export interface RequestState {
  readonly method: string;
  readonly target: string;
  readonly headers: string;
}

export interface RequestForm {
  readonly read: () => RequestState;
  readonly write: (changes: Partial<RequestState>) => void;
  /** The whole request; rejects with an error that says what in the form is invalid. */
  readonly whole: () => Promise<SendRequest>;
  /** Sends the request and resolves once the result is shown. */
  readonly send: () => Promise<void>;
}

export function createRequestForm(
  stack: StackState,
  {
    token,
    sending,
    sent,
  }: {
    readonly token: () => Promise<string>;
    readonly sending: () => void;
    /** Gets the result; undefined if there was no response. */
    readonly sent: (sent: Sent | undefined) => void;
  },
): RequestForm {
  const method = byId('method', HTMLSelectElement);
  const target = byId('target', HTMLInputElement);
  const headers = byId('headers', HTMLTextAreaElement);
  const body = byId('body', HTMLTextAreaElement);
  const carrier = byId('carrier', HTMLInputElement);
  const through = byId('through', HTMLSelectElement);
  const failure = byId('send-failure', HTMLElement);
  const sendButton = byId('send', HTMLButtonElement);
  const latest = createLatest();
  method.append(...METHODS.map((name) => el('option', {}, name)));
  target.value = stack.example.path;
  if (stack.example.host !== undefined) headers.value = `Host: ${stack.example.host}`;
  byId('through-row', HTMLElement).hidden = stack.api === undefined;

  const whole = async (): Promise<SendRequest> => ({
    through: through.value === 'api' ? 'api' : 'load-balancer',
    method: method.value,
    target: target.value,
    headers: parseFields(headers.value),
    body: body.value,
    token: await token(),
    carrier: carrier.value,
  });
  const send = async () => {
    failure.textContent = '';
    sendButton.setAttribute('aria-busy', 'true');
    sending();
    try {
      const result = await latest(whole().then(server.send));
      // Another request has followed, and its result will be shown.
      if (result === undefined) return;
      sent(result);
    } catch (error) {
      failure.textContent = messageOf(error);
      sent(undefined);
    }
    sendButton.removeAttribute('aria-busy');
  };
  byId('request-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  return {
    read: () => ({ method: method.value, target: target.value, headers: headers.value }),
    write(changes) {
      if (changes.method !== undefined) method.value = changes.method;
      if (changes.target !== undefined) target.value = changes.target;
      if (changes.headers !== undefined) headers.value = changes.headers;
      if (headers.value !== '') byId('more', HTMLDetailsElement).open = true;
    },
    whole,
    send,
  };
}

/** One field per line. */
function parseFields(text: string): Field[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line): Field => {
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error(`This header line has no name: ${line} Write it as "Name: value".`);
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
}
