import { beforeEach, describe, expect, test } from '@jest/globals';
import { claimsOf, mint, NOW } from '../support/tokens.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});

describe('what the caller sees', () => {
  test('a good token is answered with the verified identity where no upstream is set', async () => {
    const answer = await world.present(mint(world.key));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      provider: 'default',
      issuer: 'https://issuer.example',
      subject: 'client-1',
      client_id: 'client-1',
      scope: 'read write',
    });
    expect(world.decisions).toMatchObject([{ code: 'allowed', status: 200, provider: 'default' }]);
  });
  test('expired', async () => {
    const answer = await world.present(mint(world.key, claimsOf({ exp: NOW - 100 })));
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'token_expired' });
    expect(answer.headers['www-authenticate']).toEqual([
      'Bearer realm="alb-jwt-authorizer", error="invalid_token"',
    ]);
  });
});
