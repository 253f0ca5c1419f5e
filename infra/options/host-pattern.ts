/**
 * Whether a pattern of the load balancer matches a name: `*` is any number of characters, `?` is one. The time grows only with
 * the product of their lengths, because it goes through the name once, with every place in the pattern it may have reached.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  let places = afterStars(pattern, new Set([0]));
  for (const character of name) {
    const next = new Set<number>();
    for (const place of places) {
      const one = pattern[place];
      if (one === '*') next.add(place);
      else if (one === '?' || one === character) next.add(place + 1);
    }
    places = afterStars(pattern, next);
  }
  return places.has(pattern.length);
}

/** The places, and those reached from them by a `*` that matches nothing. */
function afterStars(pattern: string, places: Set<number>): ReadonlySet<number> {
  // The loop also visits the places that it adds.
  for (const place of places) if (pattern[place] === '*') places.add(place + 1);
  return places;
}
