import { ArgumentError } from '../arguments.ts';

/** A point in time, in seconds since the epoch, as UTC. */
export const utc = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** The time that an option names, in seconds since the epoch. `now` stands for the present. */
export function timeOf(option: string, text: string, now: number): number {
  if (text === 'now') return Math.floor(now / 1000);
  const ms = /^\d{9,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (!Number.isNaN(ms) && /^\d{4}-|^\d{9,11}$/.test(text)) return Math.floor(ms / 1000);
  throw new ArgumentError(
    `${option} takes a time such as 2026-01-31T12:00:00Z, seconds since the epoch, or now.`,
  );
}
