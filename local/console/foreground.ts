import { execFileSync } from 'node:child_process';

/**
 * Whether this process is in the foreground of its terminal. One in the background (`npm start &`) would be stopped by the
 * system for touching the terminal's mode. Where it cannot be found out, it is taken to be.
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
