import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import type { Later } from '../../../local/console/later.ts';
import { onParentEnd } from '../../../local/console/parent.ts';
import { isAlive } from '../../support/local-stack-fixtures.ts';
import { runStartBelowShell } from '../../support/started-stack.ts';

let pid: number | undefined;
afterEach(() => {
  if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL');
});

test('reports the end of the parent once, and nothing after closing', () => {
  const timers = new Set<() => void>();
  const later: Later = (_, callBack) => {
    timers.add(callBack);
    return () => timers.delete(callBack);
  };
  const tick = () => {
    for (const callBack of [...timers]) {
      timers.delete(callBack);
      callBack();
    }
  };
  let parent = 7;
  let calls = 0;
  onParentEnd(() => calls++, later, () => parent); // biome-ignore format: one line
  const closed = onParentEnd(() => calls++, later, () => parent); // biome-ignore format: one line
  tick();
  closed.close();
  parent = 1;
  tick();
  tick();
  expect([calls, timers.size]).toEqual([1, 0]);
});

test('npm start ends when npm ends its shell', async () => {
  const started = runStartBelowShell(['--port', '0']);
  await started.printed('Synthesizing');
  pid = Number(/^process (\d+)$/m.exec(await started.printed(/^process \d+$/m))?.[1]);
  started.child.kill('SIGTERM');
  await once(started.child, 'exit');
  // The pipe closes when the last process that writes to it has ended.
  await started.ended;
});
