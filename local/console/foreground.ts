import { execFileSync } from 'node:child_process';

/**
 * Whether this process is in the foreground of its terminal. The system stops a background process (`npm start &`) that
 * changes the terminal's mode. True if `ps` cannot tell.
 */
export function isInForeground(): boolean {
  if (process.platform === 'win32') return true;
  try {
    const fields = execFileSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [group, foreground] = fields.trim().split(/\s+/);
    return group === foreground || foreground === undefined;
  } catch {
    return true;
  }
}
