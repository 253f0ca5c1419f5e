import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Place } from '../deployment/place.ts';
import { createAsk } from './ask.ts';
import { compare } from './compared.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import { createPolicyStore } from './store.ts';
import { findTarget } from './target.ts';

export interface SessionOptions {
  readonly place: Place;
  /** The same, as options of a command line. */
  readonly placeWords: string;
  readonly output: Output;
  readonly interrupted: AbortSignal;
  /** Called before each put. */
  readonly onWrite: () => void;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Whether standard input is a token, so that answers cannot come from it. */
  readonly isInputTaken: boolean;
}

/** Finds the deployment, and says what could not be found out about it. */
export async function sessionOf(options: SessionOptions): Promise<Session> {
  const { place, output, interrupted } = options;
  const target = await findTarget(place);
  for (const note of target.notes) output.say(note, 'note');
  const store = createPolicyStore(target.path, place.endpoint);
  return {
    target,
    store: {
      ...store,
      put: (name, next) => {
        options.onWrite();
        return store.put(name, next);
      },
    },
    compare,
    output,
    now: Date.now,
    sleep: (ms) => delay(ms, undefined, { signal: interrupted }).catch(() => {}),
    newId: () => randomBytes(6).toString('hex'),
    ask: createAsk(options),
    interrupted,
    call: (words) => `npm run policy -- ${words} ${options.placeWords}`.trimEnd(),
    wait: options.wait,
  };
}
