import { createBreaks } from './breaks.ts';
import { createChanges } from './changes.ts';
import { createConfiguration } from './configuration.ts';
import { createCurl } from './curl.ts';
import { createDecision } from './decision.ts';
import { byId, el } from './dom.ts';
import { createNotices } from './notices.ts';
import { createRequestForm } from './request-form.ts';
import { messageOf, server } from './server.ts';
import { createToken } from './token.ts';

async function start(): Promise<void> {
  const stack = await server.stack();
  byId('address', HTMLElement).textContent = stack.loadBalancer;
  const notices = createNotices();
  notices.outage(stack.outage);

  // The panel scrolls, so the keyboard must be able to reach it.
  byId('decision-panel', HTMLElement).tabIndex = 0;
  const changes = createChanges(notices.looked);
  const configuration = createConfiguration(stack.parameters, changes);
  const token = createToken(stack);
  const decision = createDecision();
  const form = createRequestForm(stack, {
    token: token.get,
    sending: decision.wait,
    sent: decision.show,
  });
  createCurl(form);
  const breaks = createBreaks({
    stack,
    form,
    token,
    configuration,
    changes,
    decision,
    showOutage: notices.outage,
  });
  byId('end-outage', HTMLButtonElement).addEventListener('click', () => {
    // The button disappears with the outage, so the focus moves first.
    byId('send', HTMLButtonElement).focus();
    void breaks.endOutage();
  });
}

start().catch((error: unknown) => {
  byId('verdict', HTMLElement).replaceChildren(el('p', { class: 'failure' }, messageOf(error)));
});
