/** A value of a token as JSON, in one line of limited length. */
export function shown(value: unknown, maxLength = 200): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > maxLength ? `${json.slice(0, maxLength)}… (${json.length} characters)` : json;
}

/** A point in time, in seconds since the epoch, as UTC. */
export const utc = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** The same, in UTC and also in the local time zone if that differs. */
export function time(seconds: number, timeZone: string): string {
  if (!(Math.abs(seconds) <= 8.64e12)) return String(seconds);
  const date = new Date(seconds * 1000);
  const universal = utc(seconds);
  if (timeZone === 'UTC') return universal;
  // The Swedish locale writes dates like ISO 8601.
  const local = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  return `${universal} (${local.format(date)} ${timeZone})`;
}

/** A length of time, from seconds. */
export function duration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min`;
  return whole < 172_800 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 86_400)} days`;
}

/** `a, b and c` */
export function listed(values: readonly string[], max = 10): string {
  const more = values.length > max ? [`${values.length - max} more`] : [];
  const all = [...values.slice(0, max), ...more];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
