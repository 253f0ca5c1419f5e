import { button, byId } from './dom.ts';
import type { RequestForm } from './request-form.ts';
import { messageOf, server } from './server.ts';

/** Copies the request as a curl command. The token goes along only if that is asked for, since commands are shown to others. */
export function createCurl(form: RequestForm): void {
  const state = byId('curl-state', HTMLElement);
  const copy = async (withToken: boolean) => {
    try {
      const request = await form.whole();
      const { command } = await server.curl({ ...request, withToken });
      await navigator.clipboard.writeText(command);
      if (withToken) state.replaceChildren('Copied, with the token in it.');
      else if (request.token === '') state.replaceChildren('Copied.');
      else {
        state.replaceChildren(
          'Copied. It takes the token from the variable TOKEN. ',
          button('Copy with the token', () => void copy(true), { class: 'link', id: 'curl-with-token' }),
        );
      }
    } catch (error) {
      state.replaceChildren(messageOf(error));
    }
  };
  // What was copied is no longer what is in the form.
  byId('request-form', HTMLFormElement).addEventListener('input', () => state.replaceChildren());
  byId('curl', HTMLButtonElement).addEventListener('click', () => void copy(false));
}
