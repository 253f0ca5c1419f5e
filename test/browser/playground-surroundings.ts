import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { startStack } from '../../local/stack.ts';
import { testAssembly } from '../support/assembly.ts';
import { findings } from './axe-findings.ts';
import type { PlaygroundCheck } from './playground-scene.ts';

/** The page with another stack, or with a broken network. */
export const SURROUNDINGS: Readonly<Record<string, PlaygroundCheck>> = {
  'another issuer and upstream: it says which token to paste, and offers working breaks': async (scene) => {
    const { authorizationServer: issuer, upstream } = scene.stack.urls;
    const other = await startStack({
      port: 0,
      assembly: await testAssembly({}),
      provider: { issuer, audience: ['api.example.com'] },
      upstream,
    });
    try {
      await scene.reopen({ url: other.urls.playground });
      const { page } = scene;
      ok(!(await page.getByRole('button', { name: 'Get a token' }).isVisible()));
      const hint = await page.locator('#decoded').innerText();
      ok(hint.includes(`access tokens of ${issuer} for api.example.com`), hint);
      deepEqual(await page.locator('#breaks button').allInnerTexts(), [
        'No token',
        'Tampered token',
        'Spoofed identity header',
        'Another spelling of the path',
        'Revoke this token',
      ]);
      deepEqual(await findings(page), []);
      await scene.send();
      equal(await scene.verdict(), '401 token_missing');

      const token = await scene.stack.token();
      await page.getByLabel('Paste a token').fill(`Authorization: Bearer ${token}`);
      await scene.send();
      equal(await scene.verdict(), '200 allowed');
      const gets = await page
        .getByText(/^Upstream gets/)
        .locator('..')
        .innerText();
      match(gets, /x-jwt-subject\s+demo-client added/);
      match(gets, /it forwards the token/);
      await scene.breakIt('Revoke this token');
      equal(await scene.verdict(), '401 token_revoked');
      await scene.putBack();
      equal(await scene.verdict(), '200 allowed');
      deepEqual(await findings(page), []);
    } finally {
      await scene.reopen();
      await other.close();
    }
  },
  'it says when the stack has stopped, and when another one has started': async (scene) => {
    await scene.reopen();
    const { page } = scene;
    await page.route('**/api/changes', (route) => route.abort());
    await page.getByText('The stack does not respond.').waitFor();
    deepEqual(await findings(page), []);
    await page.unroute('**/api/changes');
    await page.getByText('The stack does not respond.').waitFor({ state: 'hidden' });
    await page.route('**/api/changes', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), startedAt: 1 } });
    });
    const reload = page.getByRole('button', { name: 'Reload the page' });
    await reload.waitFor();
    deepEqual(await findings(page), []);
    await page.unroute('**/api/changes');
    await reload.click();
    await page.locator('#decoded > .part').first().waitFor();
    ok(!(await reload.isVisible()));
  },
  'an outage that begins and ends elsewhere shows': async (scene) => {
    const { page, stack } = scene;
    stack.authorizationServer.setOutage(true);
    await page.locator('#outage').waitFor();
    deepEqual(await findings(page), []);
    // Without the token that it could not get, it must not send the request.
    await page.getByRole('button', { name: 'Expired token' }).click();
    await page.locator('#broken .failure').waitFor();
    equal(await page.locator('#verdict > .verdict').count(), 0);
    await page.getByRole('button', { name: 'End the outage' }).click();
    await page.locator('#outage').waitFor({ state: 'hidden' });
    equal(stack.authorizationServer.isOut(), false);
  },
  'a request that could not be sent does not leave an earlier decision on the page': async (scene) => {
    const { page } = scene;
    await scene.send();
    await page.getByLabel('Path and query').fill('no slash');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('#send-failure').getByText('The path must begin with a slash.').waitFor();
    equal(await page.locator('.stage').count(), 0);
    deepEqual(await findings(page), []);
    await page.getByLabel('Path and query').fill('/api/anything');
  },
  'the request is copied as a curl command, and the token only on request': async (scene) => {
    await scene.reopen({ permissions: ['clipboard-read', 'clipboard-write'] });
    const { page, stack } = scene;
    const copied = () => page.evaluate('navigator.clipboard.readText()');
    const url = `${stack.urls.loadBalancer}/api/anything`;
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied. The command reads the token from the variable TOKEN.').waitFor();
    equal(await copied(), `curl -i -H "authorization: Bearer $TOKEN" ${url}`);
    deepEqual(await findings(page), []);
    await page.getByRole('button', { name: 'Copy with the token' }).click();
    await page.getByText('Copied with the token.').waitFor();
    equal(
      await copied(),
      `curl -i -H 'authorization: Bearer ${await page.locator('#token').inputValue()}' ${url}`,
    );
  },
};
