import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { ROOT } from '../tools/run-tool.ts';
import { AWS_CLI, unconfiguredEnvironment } from './aws-cli.ts';
import { localClient } from './local-client.ts';
import type { TestStack } from './local-stack.ts';
import { temporaryDirectory } from './local-stack-fixtures.ts';

/** A step of a page: a file to write, commands to run, or a query. */
interface Block {
  readonly kind: 'file' | 'commands' | 'query';
  /** The heading above it. */
  readonly section: string;
  /** The name of the file or query. */
  readonly name: string;
  readonly text: string;
}

/** The output of commands. */
export interface Ran {
  readonly status: number;
  readonly output: string;
}

const BLOCK =
  /^#+ (?<heading>.*)$|(?:^<!-- (?<comment>file|query): (?<name>.*) -->\n)?^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm;

/** @throws Error for any other block, which no test would try */
export function blocksOf(page: string): Block[] {
  let section = '';
  return [...page.matchAll(BLOCK)].flatMap(({ groups = {} }): Block[] => {
    const { heading, comment, name = '', language, text = '' } = groups;
    if (heading !== undefined) section = heading;
    if (heading !== undefined) return [];
    if (comment === 'file' || comment === 'query') return [{ kind: comment, section, name, text }];
    if (language !== 'sh')
      throw new Error(`A block under "${section}" is neither a file, commands nor a query.`);
    return [{ kind: 'commands', section, name: '', text }];
  });
}

/**
 * Shell functions that run a page's commands against the local stack, without prompts. The AWS CLI, if there is one, only checks its
 * arguments. The page's own programs find the packages of this clone.
 */
const PRELUDE = `
[ -e node_modules ] || ln -s "$ROOT/node_modules" node_modules
npm() {
  if [ "$1" != run ]; then echo "not run: npm $*"; return; fi
  shift; if [ "$1" = --silent ]; then shift; fi
  local name=$1; shift 2
  case "$name $*" in explain*--policy*|*--endpoint-url*) ;; policy*|explain*) set -- "$@" --endpoint-url "$SSM";; esac
  case "$name $1" in policy\\ put|policy\\ rollback|policy\\ revoke|policy\\ unrevoke) set -- "$@" --yes;; esac
  "$NODE" "$ROOT/tools/$name.ts" "$@"
}
pbpaste() { printf %s "$TOKEN"; }
npx() { echo "not run: npx $*"; }
aws() {
  echo "not run: aws $*" >&2
  # For a command that takes what this one prints.
  case $* in *'--output text'*) echo PRINTED;; esac
  if [ -z "$AWS_CLI" ]; then return; fi
  local said
  said=$(AWS_MAX_ATTEMPTS=1 command aws "$@" --region us-east-1 --no-sign-request --endpoint-url http://127.0.0.1:9 2>&1)
  case $said in *'Could not connect'*) ;; *) echo "$said" >&2; return 1;; esac
}
git() { echo "not run: git $*"; }
terraform() { echo "not run: terraform $*"; }
`;

/** Follows a page of docs/guides in order, with `replacements` for the names in its examples. */
export function createGuide(name: string, stack: TestStack, replacements: Readonly<Record<string, string>>) {
  const blocks = blocksOf(readFileSync(join(ROOT, 'docs/guides', `${name}.md`), 'utf8'));
  const done = new Set<Block>();
  const directory = temporaryDirectory();
  const state = join(directory.path, 'token');
  const logs = new CloudWatchLogsClient(localClient(stack.urls.ssm));
  const local = (text: string) =>
    Object.entries(replacements).reduce((changed, [from, to]) => changed.replaceAll(from, to), text);

  function run(commands: string): Promise<Ran> {
    const token = existsSync(state) ? readFileSync(state, 'utf8') : '';
    const script = `${PRELUDE}\n${local(commands)}\nSTATUS=$?\nprintf %s "$TOKEN" > "$STATE"\nexit $STATUS`;
    const env = {
      ...unconfiguredEnvironment(),
      // Set as npm does, so that file names are relative to this directory, wherever the tests started.
      INIT_CWD: directory.path,
      ...{ NODE: process.execPath, ROOT, SSM: stack.urls.ssm, STATE: state, TOKEN: token, NODE_OPTIONS: '' },
      AWS_CLI: AWS_CLI ? 'yes' : '',
    };
    return new Promise((resolve) => {
      execFile('bash', ['-c', script], { cwd: directory.path, env }, (error, stdout, stderr) =>
        resolve({ status: Number(error?.code ?? 0), output: stdout + stderr }),
      );
    });
  }

  return {
    /** Writes the files and runs the commands of a section; calls `then` after each run. */
    async follow(section: string, then: (ran: Ran, index: number) => unknown = () => {}): Promise<void> {
      const found = blocks.filter((block) => block.section === section && block.kind !== 'query');
      if (found.length === 0) throw new Error(`There are no steps under "${section}".`);
      let index = 0;
      for (const block of found) {
        done.add(block);
        if (block.kind === 'file') writeIn(directory.path, block.name, local(block.text));
        else await then(await run(block.text), index++);
      }
    },
    /** Runs other commands where the page's ran. */
    run,
    /** The rows of a query, in order, over the verifier's log or another. */
    async query(
      named: string,
      logGroupName = stack.deployment.lambda.logGroup,
    ): Promise<Record<string, string>[]> {
      const block = blocks.find(({ kind, name: title }) => kind === 'query' && title === named);
      if (block === undefined) throw new Error(`There is no query "${named}".`);
      done.add(block);
      const now = Math.ceil(Date.now() / 1000);
      const times = { startTime: now - 3600, endTime: now + 60 };
      const { queryId } = await logs.send(
        new StartQueryCommand({ logGroupName, ...times, queryString: block.text }),
      );
      const { results = [] } = await logs.send(new GetQueryResultsCommand({ queryId }));
      return results.map((row) =>
        Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value])),
      );
    },
    /** Runs the last commands of a section once more. */
    async again(section: string): Promise<Ran> {
      const last = blocks.findLast((block) => block.section === section && block.kind === 'commands');
      return run(last?.text ?? '');
    },
    /** The status of the response to the page's token. */
    statusOfToken: async (path: string): Promise<number> =>
      (await stack.call(path, readFileSync(state, 'utf8'))).status,
    setToken: (token: string) => writeFileSync(state, token),
    /** Puts a file where the page's commands run, in place of one that a step would download. */
    write(path: string, content: string | Buffer): void {
      const file = join(directory.path, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    /** The steps that have not been tried. */
    left: () => blocks.filter((block) => !done.has(block)).map(({ section, text }) => `${section}: ${text}`),
    close(): void {
      logs.destroy();
      directory.remove();
    },
  };
}

/** Writes a file of a page, with the folders that its name begins with. */
export function writeIn(directory: string, name: string, text: string): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), text);
}

export type Guide = ReturnType<typeof createGuide>;

/** The statuses in the output of `curl -i`. */
export const statusesIn = (output: string): number[] =>
  [...output.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
