/** A map that can tell which of its entries are others than before. Values are replaced, never changed. */
export class NotedMap<K, V> extends Map<K, V> {
  /** What the keys that were touched held when notes were last taken; absent, none are taken. */
  #before: Map<K, V | undefined> | undefined;

  /** Takes notes from now on. */
  takeNotes(): void {
    this.#before = new Map();
  }

  /** What is another since notes were begun, or were read last: the values that now are, `undefined` for none. */
  readNotes(): (readonly [K, V | undefined])[] {
    const changes: (readonly [K, V | undefined])[] = [];
    for (const [key, before] of this.#before ?? []) {
      const now = this.get(key);
      if (!isSame(before, now)) changes.push([key, now]);
    }
    this.#before?.clear();
    return changes;
  }

  override set(key: K, value: V): this {
    this.#note(key);
    return super.set(key, value);
  }

  override delete(key: K): boolean {
    this.#note(key);
    return super.delete(key);
  }

  override clear(): void {
    if (this.#before) for (const key of this.keys()) this.#note(key);
    super.clear();
  }

  #note(key: K): void {
    if (this.#before && !this.#before.has(key)) this.#before.set(key, this.get(key));
  }
}

/** What has to be written over one map to make it another. */
export function changesBetween<K, V>(
  before: ReadonlyMap<K, V>,
  now: ReadonlyMap<K, V>,
): (readonly [K, V | undefined])[] {
  const gone = [...before.keys()].filter((key) => !now.has(key)).map((key) => [key, undefined] as const);
  return [...gone, ...[...now].filter(([key, value]) => !isSame(before.get(key), value))];
}

/** Whether two values are the same: texts, or flat objects of the same fields. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b || !isFlat(a) || !isFlat(b)) return a === b;
  for (const field in a) if (a[field] !== b[field]) return false;
  return true;
}

function isFlat(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
