import { deepEqual, equal, ok } from 'node:assert/strict';
import { findings } from './axe-findings.ts';
import type { PlaygroundCheck, PlaygroundScene } from './playground-scene.ts';

const focused = ({ page }: PlaygroundScene): Promise<string> =>
  page.evaluate(() => {
    const { document } = globalThis as unknown as {
      document: { activeElement: { id: string; className: string; textContent: string } };
    };
    const { id, className, textContent } = document.activeElement;
    return id || className || textContent;
  });

/** The breaks that take effect at once. */
const BREAKS = [
  'No token',
  'Tampered token',
  'Spoofed identity header',
  'Another spelling of the path',
  'Outage',
];

const isAccessible =
  (colorScheme: 'light' | 'dark'): PlaygroundCheck =>
  async (scene) => {
    await scene.reopen({ colorScheme });
    deepEqual(await findings(scene.page), []);
    await scene.edit('{ "rout": 1 }');
    await scene.page.locator('#problems .bad').first().waitFor();
    await scene.page.locator('#more').evaluate((element: { open: boolean }) => {
      element.open = true;
    });
    for (const name of BREAKS) {
      await scene.breakIt(name);
      deepEqual([name, ...(await findings(scene.page))], [name]);
      await scene.putBack();
    }
    deepEqual(await findings(scene.page), []);
    await scene.page.locator('#token').fill('opaque');
    await scene.page.getByText('This is not a token').waitFor();
    deepEqual(await findings(scene.page), []);
    await scene.edit('{ "routes": [{ "pa');
    await scene.page.keyboard.press('Control+Space');
    await scene.page.locator('.cm-tooltip-autocomplete li').first().waitFor();
    deepEqual(await findings(scene.page), []);
    for (const name of ['revocations', 'upstream']) {
      await scene.choose(name);
      deepEqual([name, ...(await findings(scene.page))], [name]);
    }
  };

export const ACCESS: Readonly<Record<string, PlaygroundCheck>> = {
  'axe finds nothing in the light': isAccessible('light'),
  'axe finds nothing in the dark': isAccessible('dark'),
  'a window of 360 pixels never scrolls sideways, and brings the decision into view': async (scene) => {
    await scene.reopen({ viewport: { width: 360, height: 740 } });
    await scene.send();
    equal(await scene.verdict(), '200 allowed');
    const place = await scene.page.locator('#verdict').boundingBox();
    ok(place !== null && place.y >= 0 && place.y < 740, `the decision is at ${place?.y}`);
    await scene.breakIt('Another spelling of the path');
    const width = await scene.page.evaluate('document.documentElement.scrollWidth');
    ok(Number(width) <= 360, `it is ${width} pixels wide`);
    await scene.putBack();
    deepEqual(await findings(scene.page), []);
  },
  'the Tab key reaches everything, and leaves the editor again': async (scene) => {
    await scene.reopen();
    const { page } = scene;
    const reached: string[] = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const id = await focused(scene);
      if (reached.includes(id) && id === reached[0]) break;
      reached.push(id);
    }
    const wanted = [
      'tab-policy',
      'example',
      'put',
      'method',
      'target',
      'send',
      'scope',
      'audience',
      'lifetime',
    ];
    for (const id of [...wanted, 'issue', 'token', 'decision-panel'])
      ok(reached.includes(id), `${id} is not reached`);
    ok(reached.some((id) => id.includes('cm-content')));
  },
  'the keyboard alone can send a request, break it and put it back': async (scene) => {
    const { page } = scene;
    await page.locator('#target').focus();
    await scene.decided(() => page.keyboard.press('Enter'));
    equal(await scene.verdict(), '200 allowed');
    await page.getByRole('button', { name: 'No token' }).focus();
    await scene.decided(() => page.keyboard.press('Enter'));
    equal(await scene.verdict(), '401 token_missing');
    await page.locator('#put-back').focus();
    await scene.decided(() => page.keyboard.press('Space'));
    equal(await scene.verdict(), '200 allowed');
    // The button that was pressed is gone.
    equal(await focused(scene), 'No token');
  },
  'arrow keys move between the parameters, and each shows its value': async (scene) => {
    const { page, stack } = scene;
    await page.locator('#tab-policy').focus();
    for (const name of ['revocations', 'issuer']) {
      await page.keyboard.press('ArrowRight');
      equal(await focused(scene), `tab-${name}`);
    }
    equal(await page.locator('#plain').inputValue(), stack.urls.authorizationServer);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    equal(await focused(scene), 'tab-policy');
  },
};
