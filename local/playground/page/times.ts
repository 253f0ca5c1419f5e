/** A NumericDate in the reader's local time, and how far away it is. */
export function moment(seconds: number, now = Date.now()): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return 'not a valid date';
  const away = seconds - now / 1000;
  const distance = `${duration(Math.abs(away))} ${away < 0 ? 'ago' : 'from now'}`;
  return `${date.toLocaleString('sv-SE')} · ${distance}`;
}

/** A duration in words, from seconds. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
