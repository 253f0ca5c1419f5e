import { button, byId } from './dom.ts';
import type { RequestForm } from './request-form.ts';
import { messageOf, server } from './server.ts';

/** Copies the request as a curl command. Leaves the token out unless asked, because people share commands. */
export function createCurl(form: RequestForm): void {
  const state = byId('curl-state', HTMLElement);
  const copy = async (withToken: boolean) => {
    try {
      const request = await form.whole();
      const { command } = await server.curl({ ...request, withToken });
      await navigator.clipboard.writeText(command);
      if (withToken) state.replaceChildren('Copied with the token.');
      else if (request.token === '') state.replaceChildren('Copied.');
      else {
        state.replaceChildren(
          'Copied. The command reads the token from the variable TOKEN. ',
          button('Copy with the token', () => void copy(true), { class: 'link', id: 'curl-with-token' }),
        );
      }
    } catch (error) {
      state.replaceChildren(messageOf(error));
    }
  };
  // The form no longer matches what was copied.
  byId('request-form', HTMLFormElement).addEventListener('input', () => state.replaceChildren());
  byId('curl', HTMLButtonElement).addEventListener('click', () => void copy(false));
}
