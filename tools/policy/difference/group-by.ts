/** Elements by a key, in their order. Node.js 20 has no `Map.groupBy`. */
export function groupBy<T, K>(elements: readonly T[], keyOf: (element: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const element of elements) {
    const key = keyOf(element);
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [element]);
    else same.push(element);
  }
  return groups;
}
