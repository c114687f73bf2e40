import type { RecorderStore } from "../store/recorder-store.ts";
import type { Sinks } from "./sinks.ts";

/** Sinks that run at one of several nodes: here while it leads. */
export interface SinksOfLeader extends Sinks {
  /** They run here from now on, or, with `undefined`, no more. */
  runHere(running: Sinks | undefined): void;
}

/**
 * What a node tells of the sinks: what runs here, else where they are.
 * @param configured their names
 */
export function createSinksOfLeader(store: RecorderStore, configured: ReadonlySet<string>): SinksOfLeader {
  let here: Sinks | undefined;

  function running(): Sinks {
    if (!here) throw new Error("the sinks run at another node");
    return here;
  }

  return {
    runHere(sinks) {
      here = sinks;
    },
    reports: async () => (await here?.reports()) ?? [],
    absent: async () => (await store.sinks.all()).filter(({ name }) => !configured.has(name)),
    has: (name) => here?.has(name) ?? false,
    setPaused: (name, paused) => running().setPaused(name, paused),
    deadLetters: (name, after, limit) => running().deadLetters(name, after, limit),
    retry: (name, position) => running().retry(name, position),
    held: (name) => running().held(name),
    skip: (name, lane) => running().skip(name, lane),
    forget: async (name) => !configured.has(name) && (await store.sinks.forget(name)),
    stop: async () => here?.stop(),
  };
}
