import type { Resolve } from "./guarded-connector.ts";

/**
 * Resolves each name once at a time, for all who ask meanwhile. The machine answers a handful of questions at a time,
 * everybody's: an app whose name takes long to resolve would take all of them, with a question for each connection.
 */
export function sharedLookups(resolve: Resolve): Resolve {
  const asked = new Map<string, Parameters<Resolve>[2][]>();
  return (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options.family, options.hints, options.order]);
    const waiting = asked.get(key);
    if (waiting) {
      waiting.push(callback);
      return;
    }
    const all = [callback];
    asked.set(key, all);
    resolve(hostname, options, (error, addresses) => {
      asked.delete(key);
      for (const tell of all) tell(error, addresses);
    });
  };
}
