/** Whether some text matches both patterns of `*`, any number of characters, and `?`, just one. */
export function patternsMeet(a: string, b: string): boolean {
  // For the rests of both patterns from each pair of positions: whether some text matches both.
  let after: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: boolean[] = [];
    for (let j = b.length; j >= 0; j--) {
      const [one, other] = [a[i], b[j]];
      if (one === undefined && other === undefined) row[j] = true;
      else if (one === '*') row[j] = (after[j] ?? false) || (other !== undefined && (row[j + 1] ?? false));
      else if (other === '*') row[j] = (row[j + 1] ?? false) || (one !== undefined && (after[j] ?? false));
      else {
        const same =
          one !== undefined && other !== undefined && (one === other || one === '?' || other === '?');
        row[j] = same && (after[j + 1] ?? false);
      }
    }
    after = row;
  }
  return after[0] ?? false;
}
