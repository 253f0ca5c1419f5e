import { equal, match, ok } from 'node:assert/strict';
import type { PlaygroundCheck } from './playground-scene.ts';

/** Breaks of the token only: the function's decision, and the stage that fails. */
const OF_TOKENS = [
  ['No token', '401 token_missing', 'extract'],
  ['Expired token', '401 token_expired', 'times'],
  ['Another audience', '401 audience_mismatch', 'audience'],
  ['Tampered token', '401 signature_invalid', 'signature'],
] as const;

export const BREAKS: Readonly<Record<string, PlaygroundCheck>> = {
  ...Object.fromEntries(
    OF_TOKENS.map(([name, verdict, stage]): [string, PlaygroundCheck] => [
      `"${name}" is ${verdict}, and its stage says so`,
      async (scene) => {
        await scene.breakIt(name);
        equal(await scene.verdict(), verdict);
        match(String(await scene.stage(stage).first().getAttribute('class')), /\bfail\b/);
        equal(await scene.page.locator('.difference').count(), 0);
        await scene.putBack();
        equal(await scene.verdict(), '200 allowed');
      },
    ]),
  ),
  'a spoofed identity header does not reach the upstream': async (scene) => {
    await scene.breakIt('Spoofed identity header');
    equal(await scene.verdict(), '200 allowed');
    const upstream = await scene.page
      .getByText(/^Upstream received/)
      .locator('..')
      .innerText();
    match(upstream, /x-jwt-subject\s+demo-client replaced/);
    match(upstream, /X_JWT_Subject\s+admin dropped/);
    await scene.putBack();
  },
  'another spelling of a path is rejected, with its readings': async (scene) => {
    const policy = { routes: [{ path: '/api/admin/*', scopes: ['admin'] }] };
    await scene.putElsewhere('policy', JSON.stringify(policy));
    await scene.page.getByLabel('Path and query').fill('/api/admin/users');
    await scene.breakIt('Another spelling of the path');
    equal(await scene.verdict(), '400 path_invalid');
    const readings = await scene.page.locator('.readings').innerText();
    match(readings, /\/api\/ADMIN\/\/users\s+none\s+no route/);
    match(readings, /fold/);
    match(readings, /the route \/api\/admin\/\*/);
    await scene.putBack();
    equal(await scene.verdict(), '403 scope_missing');
    await scene.page.getByLabel('Path and query').fill('/api/anything');
    await scene.putElsewhere('policy', '{}');
  },
  'a revocation comes into force, and so does undoing it': async (scene) => {
    await scene.breakIt('Revoke this token');
    equal(await scene.verdict(), '401 token_revoked');
    match(String(await scene.stage('revocations').getAttribute('class')), /\bfail\b/);
    const [newest] = await scene.page.locator('#changes li').allInnerTexts();
    match(String(newest), /^revocations\s+version \d+\s+in force after/);
    await scene.putBack();
    equal(await scene.verdict(), '200 allowed');
  },
  'in an outage the function uses the keys it has, and nobody gets a token': async (scene) => {
    const { page } = scene;
    await scene.breakIt('Outage');
    equal(await scene.verdict(), '200 allowed');
    ok(await page.locator('#outage').isVisible());
    await page.getByRole('button', { name: 'Get a token' }).click();
    await page.getByText('The authorization server is down. End the outage first.').waitFor();
    await scene.putBack();
    ok(!(await page.locator('#outage').isVisible()));
  },
  'after a rotation the function still uses the old keys, and the page says that the stages differ': async (
    scene,
  ) => {
    const { page } = scene;
    await scene.breakIt('Rotate the keys');
    equal(await scene.verdict(), '200 allowed');
    match(
      await page.locator('.difference').innerText(),
      /^The function decided allowed; .* come to key_unknown/,
    );
    equal(await page.locator('#put-back').innerText(), 'Get a new token');
    await scene.putBack();
    match(await page.locator('#broken').innerText(), /^The keys stay rotated\./);
    equal(await page.locator('.stage.fail').count(), 0);
  },
};
