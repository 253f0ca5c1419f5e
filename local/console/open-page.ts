import { spawn } from 'node:child_process';

/** Opens a page in the default browser. */
export function openPage(url: string): Promise<void> {
  const [command = '', ...args] = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '', url] }[
    process.platform as string
  ] ?? ['xdg-open', url];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.once('error', () => reject(new Error(`Could not start a browser: open ${url} yourself.`)));
    child.once('spawn', resolve);
    child.unref();
  });
}
