import { ArgumentError } from '../arguments.ts';

/** A day, a time of it, and a zone: what `utc` prints is among them. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z| ?UTC|[+-]\d\d:\d\d)?)?$/;

/** The time that an option names, in seconds since the epoch: UTC unless it has a zone. `now` stands for the present. */
export function timeOf(option: string, text: string, now: number): number {
  // What was issued in this very second was issued before now.
  if (text === 'now') return Math.ceil(now / 1000);
  if (/^\d{9,11}$/.test(text)) return Number(text);
  const [, day, time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}${zone.trim().replace('UTC', 'Z')}`);
  // Date.parse takes the 30th of February for a day of March.
  const isDay = day !== undefined && new Date(Date.parse(day)).toJSON()?.startsWith(day);
  if (isDay && !Number.isNaN(ms)) return Math.floor(ms / 1000);
  throw new ArgumentError(
    `${option} takes a time such as 2026-01-31T12:00:00Z, seconds since the epoch, or now.`,
  );
}
