import { ArgumentError } from '../arguments.ts';

/** A date, optionally with a time of day and a zone. Includes the form that `utc` prints. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z| ?UTC|[+-]\d\d:\d\d)?)?$/;

/** The time that an option gives, in seconds since the epoch. UTC unless it has a zone; `now` is the present. */
export function timeOf(option: string, text: string, now: number): number {
  // Rounded up, so that tokens issued in this second count as issued before now.
  if (text === 'now') return Math.ceil(now / 1000);
  if (/^\d{9,11}$/.test(text)) return Number(text);
  const [, day, time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}${zone.trim().replace('UTC', 'Z')}`);
  // Date.parse reads February 30 as a day of March.
  const isDay = day !== undefined && new Date(Date.parse(day)).toJSON()?.startsWith(day);
  if (isDay && !Number.isNaN(ms)) return Math.floor(ms / 1000);
  throw new ArgumentError(
    `${option} takes a time such as 2026-01-31T12:00:00Z, seconds since the epoch, or now.`,
  );
}
