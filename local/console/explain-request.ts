import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `explain` for a request id against the stack's log, and returns its output. */
export function explainRequest(options: {
  readonly requestId: string;
  readonly logGroup: string;
  /** The endpoint of CloudWatch Logs. */
  readonly endpoint: string;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { requestId, logGroup, endpoint, signal } = options;
  const command = ['--import', 'tsx', 'tools/explain.ts'];
  const args = ['--endpoint-url', endpoint, '--log-group', logGroup, '--request-id', requestId];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...command, ...args], { cwd: ROOT, signal }, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`.trimEnd();
      // Exit status 1 with output means that it found nothing and says so.
      if (error && said === '') reject(error);
      else resolve(said);
    });
  });
}
