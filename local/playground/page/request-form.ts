import type { Field, SendRequest, Sent, StackState } from '../contract.ts';
import { byId, el } from './dom.ts';
import { createLatest } from './latest.ts';
import { messageOf, server } from './server.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** What of the request can be changed from elsewhere. */
export interface RequestState {
  readonly method: string;
  readonly target: string;
  readonly headers: string;
}

export interface RequestForm {
  readonly read: () => RequestState;
  readonly write: (changes: Partial<RequestState>) => void;
  /** Sends what is in the form and has it shown. Resolves when it is. */
  readonly send: () => Promise<void>;
}

export function createRequestForm(
  stack: StackState,
  { token, sent }: { readonly token: () => string; readonly sent: (sent: Sent) => void },
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

  const send = async () => {
    failure.textContent = '';
    sendButton.setAttribute('aria-busy', 'true');
    try {
      const request: SendRequest = {
        through: through.value === 'api' ? 'api' : 'load-balancer',
        method: method.value,
        target: target.value,
        headers: parseFields(headers.value),
        body: body.value,
        token: token(),
        carrier: carrier.value,
      };
      const result = await latest(server.send(request));
      if (result !== undefined) sent(result);
    } catch (error) {
      failure.textContent = messageOf(error);
    } finally {
      sendButton.removeAttribute('aria-busy');
    }
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
    send,
  };
}

/** One field per line. */
function parseFields(text: string): Field[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line): Field => {
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error(`A header field is "Name: value"; this line has no name: ${line}`);
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
}
