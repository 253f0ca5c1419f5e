import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from './processes.ts';

const TSX = createRequire(import.meta.url).resolve('tsx/cli');

export interface PolicyRehearsal {
  readonly env: Record<string, string>;
  readonly directory: string;
  /** Status of the response to a request with a good token. */
  readonly status: () => Promise<number | undefined>;
  /** A file with that token. */
  readonly token: string;
}

interface CommandOutput {
  readonly status: number;
  readonly written: readonly { readonly name: string; readonly version: number }[];
  readonly force?: { readonly state: string };
  readonly differs?: readonly string[];
  readonly lastChange?: { readonly parts: readonly { readonly name: string }[] };
}

/** Changes a policy, revokes a token, undoes that and rolls back, using only the command. */
export async function rehearsePolicy({ env, directory, status, token }: PolicyRehearsal): Promise<void> {
  const policy = async (line: string): Promise<CommandOutput> => {
    const command = `'${process.execPath}' '${TSX}' tools/policy.ts ${line} --json 2>'${join(directory, 'policy.log')}'`;
    const { output } = await run('sh', ['-c', command], env);
    return JSON.parse(output) as CommandOutput;
  };
  const file = join(directory, 'policy.json');
  const document = { unmatched: 'deny', routes: [{ path: '/api/elsewhere/*', scopes: ['read'] }] };
  writeFileSync(file, JSON.stringify(document));
  writeFileSync(join(directory, 'token.txt'), token);
  const inForce = (response: CommandOutput, ...names: string[]) => {
    assert.deepEqual(
      response.written.map(({ name }) => name),
      names,
    );
    assert.deepEqual([response.status, response.force?.state], [0, 'in-force']);
  };

  assert.equal(await status(), 200);
  inForce(await policy(`put '${file}' --yes`), 'policy');
  assert.equal(await status(), 403);
  const drift = await policy(`status '${file}' --upstream https://elsewhere.example`);
  assert.deepEqual([drift.status, drift.differs], [1, ['upstream']]);
  inForce(await policy('rollback --yes'), 'policy');
  assert.equal(await status(), 200);

  inForce(await policy(`revoke --token - --yes <'${join(directory, 'token.txt')}'`), 'revocations');
  assert.equal(await status(), 401);
  inForce(await policy(`unrevoke --token - --yes <'${join(directory, 'token.txt')}'`), 'revocations');
  assert.equal(await status(), 200);
  const last = await policy('status');
  assert.deepEqual([last.status, last.lastChange?.parts.map(({ name }) => name)], [0, ['revocations']]);
}
