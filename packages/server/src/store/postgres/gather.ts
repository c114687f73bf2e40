/**
 * Looks up for many who ask, each for one thing, with few looks: whoever asks in the same go shares one, and whoever asks
 * while one is under way shares the next. What is found is as it was asked for or later, as if each had looked by itself.
 * @param look finds what belongs to each of the keys, in their order
 * @param most so many share a look at the most
 */
export function gather<K, V>(
  look: (keys: readonly K[]) => Promise<readonly V[]>,
  most = Infinity,
): (key: K) => Promise<V | undefined> {
  let isLooking = false;
  let waiting: { readonly key: K; resolve(value: V | undefined): void; reject(error: unknown): void }[] = [];

  async function lookOn(): Promise<void> {
    while (waiting.length > 0) {
      const asked = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const found = await look(asked.map(({ key }) => key));
        for (const [i, { resolve }] of asked.entries()) resolve(found[i]);
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    isLooking = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (isLooking) return;
      isLooking = true;
      queueMicrotask(() => void lookOn());
    });
}
