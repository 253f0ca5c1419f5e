import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { PlaygroundCheck, PlaygroundScene } from './playground-scene.ts';

/** Text that runs if anything treats it as HTML. The second one fits in a path. */
const HOSTILE_TEXT = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>"'\u202e`;
const HOSTILE_PATH = '<img/src=x/onerror=window.pwned=1>';

/** Asserts that nothing ran and that the page has no foreign elements. */
async function assertHarmless({ page }: PlaygroundScene): Promise<void> {
  const found = await page.evaluate(() => {
    const { document, pwned } = globalThis as unknown as {
      readonly pwned: unknown;
      readonly document: { querySelectorAll(selector: string): { readonly length: number } };
    };
    return [pwned, document.querySelectorAll('img:not(.bar > img), body script, iframe, [onerror]').length];
  });
  deepEqual(found, [undefined, 0]);
}

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const HOSTILE: Readonly<Record<string, PlaygroundCheck>> = {
  'shows a token as text: names and values, the header and a key id': async (scene) => {
    const { page } = scene;
    const header = { alg: 'RS256', kid: HOSTILE_TEXT, [HOSTILE_TEXT]: HOSTILE_TEXT };
    const claims = {
      iss: HOSTILE_TEXT,
      sub: HOSTILE_TEXT,
      [HOSTILE_TEXT]: { [HOSTILE_TEXT]: [HOSTILE_TEXT] },
    };
    await page.locator('#token').fill(`${segment(header)}.${segment(claims)}.AAAA`);
    await page.locator('#decoded dt', { hasText: '<img' }).first().waitFor();
    await scene.send();
    equal(await scene.verdict(), '401 issuer_mismatch');
    await assertHarmless(scene);
    await page.locator('#token').fill(HOSTILE_TEXT);
    await page.getByText('This is not a token').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('#send-failure').getByText('Node.js cannot send this request').waitFor();
    await assertHarmless(scene);
  },
  'shows a policy as text: in problems, warnings, routes and readings': async (scene) => {
    const { page } = scene;
    await page.getByRole('button', { name: 'Get a token' }).click();
    await scene.edit(JSON.stringify({ [HOSTILE_TEXT]: 1, routes: [{ path: HOSTILE_TEXT }] }));
    await page.locator('#problems .bad').first().waitFor();
    await assertHarmless(scene);
    const path = '/api/<img>/*';
    await scene.putElsewhere('policy', JSON.stringify({ routes: [{ path, scopes: [HOSTILE_PATH] }] }));
    await page.getByLabel('Path and query').fill('/api/<IMG>/x');
    await scene.send();
    await assertHarmless(scene);
    await scene.putElsewhere('policy', '{}');
  },
  'shows a request as text: path, query, header fields and body, in the log line and at the upstream': async (
    scene,
  ) => {
    const { page } = scene;
    await page.getByLabel('Path and query').fill(`/api/${HOSTILE_PATH}?${HOSTILE_PATH}`);
    await page.getByText('Header fields and body').click();
    await page.getByLabel('Header fields').fill(`x-hostile: ${HOSTILE_TEXT.replace('\u202e', '')}`);
    await page.getByLabel('Body').fill(HOSTILE_TEXT);
    await page.getByLabel('Method').selectOption('POST');
    await scene.send();
    ok((await page.locator('#log-line').textContent())?.includes(HOSTILE_PATH));
    ok(
      (
        await page
          .getByText(/^Upstream received/)
          .locator('..')
          .innerText()
      ).includes('onerror="window.pwned=1"'),
    );
    await assertHarmless(scene);
    await page.getByLabel('Method').selectOption('GET');
    for (const name of ['Header fields', 'Body']) await page.getByLabel(name).fill('');
    await page.getByLabel('Path and query').fill('/api/anything');
  },
  "shows an upstream's response as text: header fields and body": async (scene) => {
    const { page, stack, upstream } = scene;
    upstream.response = {
      headers: {
        'content-type': 'text/html',
        'x-hostile': HOSTILE_TEXT.replace('\u202e', ''),
        'set-cookie': 'a=1',
      },
      body: HOSTILE_TEXT,
    };
    await scene.putElsewhere('upstream', upstream.origin);
    await scene.send();
    equal(await page.locator('#answer-body').innerText(), HOSTILE_TEXT);
    match(await page.locator('#upstream').innerText(), /^This upstream does not show what it received/);
    await assertHarmless(scene);
    await scene.putElsewhere('upstream', stack.urls.upstream);
  },
  'a request that is not valid HTTP is reported, not sent': async (scene) => {
    const { page } = scene;
    for (const [path, message] of [
      ['no slash', 'The path must begin with a slash.'],
      ['/api/a b', 'Node.js cannot send this request: '],
      ['//elsewhere.example/', undefined],
      ['http://elsewhere.example/', 'The path must begin with a slash.'],
    ] as const) {
      await page.getByLabel('Path and query').fill(path);
      if (message === undefined) {
        await scene.send();
        continue;
      }
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await page.locator('#send-failure').getByText(message).waitFor();
    }
    await page.getByLabel('Path and query').fill('/api/anything');
  },
  'a page of another origin can neither call it, nor read or frame it': async (scene) => {
    const { page, stack, upstream } = scene;
    upstream.response = { headers: { 'content-type': 'text/html' }, body: '<title>foreign</title>' };
    await page.goto(upstream.origin);
    const outage = { method: 'POST', body: '{"on":true}' } as const;
    type Init = Pick<RequestInit, 'method' | 'mode'> & { body?: string; headers?: Record<string, string> };
    const calls: readonly (readonly [path: string, init: Init])[] = [
      ['/api/outage', { ...outage, headers: { 'x-playground': '1' } }],
      ['/api/outage', { ...outage, mode: 'no-cors' }],
      ['/api/stack', {}],
      ['/main.js', { mode: 'no-cors' }],
    ];
    const seen = await page.evaluate(
      ([playground, all]) =>
        Promise.all(
          all.map(([path, init]) =>
            fetch(playground + path, init).then(
              ({ type, status }) => `${type} ${status}`,
              () => 'blocked',
            ),
          ),
        ),
      [stack.urls.playground, calls] as const,
    );
    // The page sees whatever the browser blocks as a failure.
    deepEqual(seen, ['blocked', 'blocked', 'blocked', 'blocked']);
    equal(stack.authorizationServer.isOut(), false);
    await page.evaluate((playground) => {
      const { document } = globalThis as unknown as {
        readonly document: {
          createElement(name: string): { src: string };
          readonly body: { append(element: unknown): void };
        };
      };
      const frame = document.createElement('iframe');
      frame.src = playground;
      document.body.append(frame);
    }, stack.urls.playground);
    await page.waitForTimeout(500);
    const [, frame] = page.frames();
    equal(await frame?.locator('#send').count(), 0);
    // Chromium has reported every attempt.
    ok(scene.complaints().length > 0);
    await scene.reopen();
  },
};
