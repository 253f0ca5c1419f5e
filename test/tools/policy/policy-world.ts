import { PARAMETERS, type ParameterName } from '../../../lambda/contract.ts';
import type { Reading } from '../../../lambda/core/config/reading.ts';
import type { KeeperResult } from '../../../lambda/keeper/keeper.ts';
import type { Input } from '../../../local/ssm/rules.ts';
import { createParameterStore } from '../../../local/ssm/store.ts';
import { AwsFailure } from '../../../tools/aws-call.ts';
import { compare } from '../../../tools/policy/compared.ts';
import type { PastVersion } from '../../../tools/policy/history.ts';
import { createOutput } from '../../../tools/policy/output.ts';
import type { Session } from '../../../tools/policy/session.ts';
import type { PolicyStore } from '../../../tools/policy/store.ts';
import { plain } from '../../../tools/terminal-colors.ts';

export const ISSUER = 'https://issuer.example.com';
export const PATH = '/app';
const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** The error of a failed call to AWS. */
export const awsFailure = (
  message: string,
  { denied = false, cause }: { readonly denied?: boolean; readonly cause?: unknown } = {},
): AwsFailure => new AwsFailure({ detail: message, remedy: 'Try again.', denied }, cause);

type Call = keyof Omit<PolicyStore, 'path'>;

interface Stored {
  readonly Version: number;
  readonly Value: string;
  readonly LastModifiedDate: number;
  readonly LastModifiedUser: string;
  readonly Description?: string;
}

/**
 * A parameter store in memory, with a session of the command whose clock moves only by its own waits. `before` is
 * called before each call of the command, and may act as somebody else. If it throws, the call rejects
 * with that. `afterPut` is called after a put, before its response.
 */
export function createPolicyWorld(values: { readonly [name in ParameterName]?: string } = {}) {
  let ms = Date.UTC(2026, 10, 26, 12);
  const store = createParameterStore({
    region: 'us-east-1',
    account: '000000000000',
    now: () => (ms += 1),
    onChange: () => {},
  });
  const execute = (operation: string, input: Input) => {
    const result = store.execute(operation, input);
    if (result.ok) return result.output;
    throw awsFailure(`${operation}: ${result.error.type}`);
  };
  const lines: string[] = [];
  const questions: string[] = [];
  const interrupt = new AbortController();
  let ids = 0;
  const world = {
    before: (_call: Call, _name?: ParameterName): void => {},
    afterPut: (_name: ParameterName): void => {},
    answer: true,
    keeper: undefined as undefined | (() => KeeperResult),
    lines,
    questions,
    interrupt,
    text: () => lines.join('\n'),
    now: () => ms,
    /** A put by somebody else, without this command unless a description says otherwise. */
    edit(name: ParameterName, value: string, description?: string): void {
      execute('PutParameter', {
        Name: `${PATH}/${name}`,
        Value: value,
        Overwrite: true,
        Tier: 'Intelligent-Tiering',
        ...(description === undefined ? {} : { Description: description }),
      });
    },
    remove: (name: ParameterName) => void execute('DeleteParameter', { Name: `${PATH}/${name}` }),
    versions: (name: ParameterName) => historyOf(name),
    value: (name: ParameterName) => historyOf(name).at(-1)?.value,
    /** The values by name. */
    values: () => Object.fromEntries(NAMES.map((name) => [name, historyOf(name).at(-1)?.value])),
    session: (changes: Partial<Session> = {}): Session => session(changes),
  };

  function historyOf(name: ParameterName): PastVersion[] {
    const found: Stored[] = [];
    let NextToken: string | undefined;
    do {
      const page = execute('GetParameterHistory', {
        Name: `${PATH}/${name}`,
        ...(NextToken && { NextToken }),
      });
      const { Parameters, NextToken: next } = page as { Parameters: Stored[]; NextToken?: string };
      found.push(...Parameters);
      NextToken = next;
    } while (NextToken !== undefined);
    return found.map((one) => ({
      version: one.Version,
      value: one.Value,
      at: one.LastModifiedDate,
      by: one.LastModifiedUser,
      description: one.Description ?? '',
    }));
  }
  const newest = (name: ParameterName): PastVersion | undefined => {
    try {
      return historyOf(name).at(-1);
    } catch {
      return undefined;
    }
  };

  const policyStore: PolicyStore = {
    path: PATH,
    async read() {
      world.before('read');
      return Object.fromEntries(
        NAMES.flatMap((name) => {
          const found = newest(name);
          if (found === undefined) return [];
          return [[name, { value: found.value, version: found.version, modifiedAt: found.at }]];
        }),
      ) as Reading;
    },
    async history(name) {
      world.before('history', name);
      return historyOf(name);
    },
    async valuesOf(name, versions) {
      world.before('valuesOf', name);
      return new Map(
        historyOf(name).flatMap(({ version, value }) =>
          versions.includes(version) ? [[version, value]] : [],
        ),
      );
    },
    async put(name, { value, description, isFirst }) {
      world.before('put', name);
      const answer = execute('PutParameter', {
        Name: `${PATH}/${name}`,
        Value: value,
        Description: description,
        Tier: 'Intelligent-Tiering',
        ...(isFirst ? { Type: PARAMETERS[name].type } : { Overwrite: true }),
      });
      world.afterPut(name);
      return (answer as { Version: number }).Version;
    },
  };

  function session(changes: Partial<Session>): Session {
    const { keeper } = world;
    return {
      target: {
        path: PATH,
        stack: 'App',
        home: { account: '123456789012', region: 'eu-west-1' },
        endpoint: undefined,
        hasKeeper: keeper !== undefined,
        runKeeper: keeper === undefined ? undefined : async () => (world.keeper ?? keeper)(),
        ownAddresses: [],
        refreshSeconds: 60,
        notes: [],
      },
      store: policyStore,
      compare,
      output: createOutput((line) => void lines.push(line), plain),
      now: () => ms,
      sleep: async (time) => {
        ms += time;
      },
      newId: () => String(++ids).padStart(12, '0'),
      ask: async (question) => {
        questions.push(question);
        return world.answer;
      },
      interrupted: interrupt.signal,
      call: (words) => `npm run policy -- ${words}`,
      wait: true,
      ...changes,
    };
  }

  for (const name of NAMES) {
    const value = values[name] ?? { issuer: ISSUER, audience: 'api.example.com' }[name as string] ?? PARAMETERS[name].initial; // biome-ignore format: one line
    execute('PutParameter', { Name: `${PATH}/${name}`, Value: value, Type: PARAMETERS[name].type, Tier: 'Intelligent-Tiering' }); // biome-ignore format: one line
  }
  return world;
}

export type PolicyWorld = ReturnType<typeof createPolicyWorld>;

/** A keeper that has read the stored values, and accepts them all. */
export const takingKeeper = (world: PolicyWorld) => (): KeeperResult => ({
  versions: Object.fromEntries(NAMES.map((name) => [name, world.versions(name).at(-1)?.version ?? 0])),
  parametersReadAt: world.now() / 1000,
  refused: [],
});
