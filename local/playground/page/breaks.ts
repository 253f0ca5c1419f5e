import type { StackState } from '../contract.ts';
import { type Break, breaksFor, type Surroundings } from './break-list.ts';
import type { DecisionPanel } from './decision.ts';
import { button, byId, el } from './dom.ts';
import { messageOf, server } from './server.ts';

export interface Breaks {
  readonly endOutage: () => Promise<void>;
}

export function createBreaks({
  decision,
  showOutage,
  ...around
}: Omit<Surroundings, 'setOutage'> & {
  readonly stack: StackState;
  readonly decision: DecisionPanel;
  readonly showOutage: (on: boolean) => void;
}): Breaks {
  const { form, token } = around;
  const list = byId('breaks', HTMLElement);
  /** The break that is active, and how to undo it. */
  let broken: { readonly pressed: HTMLElement; readonly putBack: () => Promise<void> } | undefined;

  const setOutage = async (on: boolean) => {
    await server.setOutage({ on });
    showOutage(on);
  };
  const restore = async () => {
    const was = broken;
    broken = undefined;
    decision.setBroken();
    was?.pressed.setAttribute('aria-pressed', 'false');
    await was?.putBack();
  };
  const tell = (title: string, about: string, ...actions: readonly HTMLElement[]) =>
    decision.setBroken(el('p', {}, el('strong', {}, `${title}.`), ` ${about}`), ...actions);
  // One break at a time: each starts from the state that undoing the last one restores. Sets aria-disabled, because a disabled
  // button would lose the focus.
  let busy = false;
  const guarded = async (work: () => Promise<void>) => {
    if (busy) return;
    busy = true;
    for (const one of list.children) one.setAttribute('aria-disabled', 'true');
    try {
      await work();
    } catch (error) {
      decision.setBroken(el('p', { class: 'failure' }, messageOf(error)));
      decision.show(undefined);
    } finally {
      busy = false;
      for (const one of list.children) one.removeAttribute('aria-disabled');
    }
  };
  const back = (pressed: HTMLElement, { lasting }: Break) =>
    guarded(async () => {
      await restore();
      // The click may have been on "Put it back", which is gone.
      pressed.focus();
      await form.send();
      if (lasting === undefined) return;
      tell(
        lasting.title,
        lasting.about,
        button('Send again', () => void form.send()),
      );
    });
  const use = (pressed: HTMLElement, one: Break) => {
    if (broken?.pressed === pressed) return back(pressed, one);
    return guarded(async () => {
      await restore();
      const [request, held] = [form.read(), await token.get()];
      tell(one.title, 'On its way …');
      decision.wait();
      const undo = await one.apply();
      broken = {
        pressed,
        putBack: async () => {
          form.write(request);
          await token.set(held);
          await undo?.();
        },
      };
      pressed.setAttribute('aria-pressed', 'true');
      const name = one.lasting?.action ?? 'Put it back';
      tell(
        one.title,
        one.about,
        button(name, () => void back(pressed, one), { id: 'put-back' }),
      );
      await form.send();
    });
  };

  list.append(
    ...breaksFor({ ...around, setOutage }).map((one) => {
      const made: HTMLElement = button(one.title, () => void use(made, one), {
        title: one.about,
        'aria-pressed': 'false',
      });
      return made;
    }),
  );
  return {
    endOutage: () => guarded(() => setOutage(false)),
  };
}
