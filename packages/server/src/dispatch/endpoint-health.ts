import type { Clock, Logger } from "@muster/foundation";

import type { OtherNodes } from "../other-nodes.ts";
import type { EndpointState, EndpointStates } from "../ports/endpoint-states.ts";
import type { EndpointGate } from "./endpoint-gate.ts";

/**
 * The health of endpoints as the whole knows it, however many nodes there are: what one finds out is in the store, and the
 * others take it over from there. Each counts failures for itself until it has enough of them to say that an endpoint fails.
 */
export interface EndpointHealth {
  /** This node has found that an endpoint is so, or closed: keeps it, and tells the others. */
  found(sdkAppId: number, state: EndpointState | undefined): void;
  /** Somebody has told this node that an endpoint is back: tells the others. */
  isBack(sdkAppId: number): void;
  /** Puts off for all nodes when an endpoint is tried again; whether this one may try it until then. */
  claim(state: EndpointState, until: number): Promise<boolean>;
  /** Takes over what others find, from now on. */
  follow(ports: Following): void;
  /** Resolves when everything is kept. */
  stop(): Promise<void>;
}

interface Following {
  readonly gate: Pick<EndpointGate, "adopt" | "failing">;
  /** Another node has found that an endpoint is not as this one believed. */
  readonly onNews: (sdkAppId: number) => void;
  /** Another node was told that an endpoint is back. */
  readonly onBack: (sdkAppId: number) => void;
}

export interface EndpointHealthPorts {
  readonly states: EndpointStates;
  readonly others: OtherNodes;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often it is looked for what nobody was told of, in ms. */
const POLL = 5_000;

export function createEndpointHealth({ states, others, clock, log }: EndpointHealthPorts): EndpointHealth {
  /** What is to be kept of each app that is not kept yet, and the writing of it: one after the other, the last counts. */
  const unkept = new Map<number, EndpointState | undefined>();
  const keeping = new Map<number, Promise<void>>();
  /** Apps of which this node has found something since the states began to be read: what was read is older. */
  const foundSince = new Set<number>();
  let looking: Promise<void> = Promise.resolve();
  let lookNow = (): void => undefined;
  let callOff = (): void => undefined;
  let stopped = false;

  async function keep(sdkAppId: number): Promise<void> {
    while (unkept.has(sdkAppId)) {
      const state = unkept.get(sdkAppId);
      unkept.delete(sdkAppId);
      try {
        await (state ? states.put(state) : states.remove(sdkAppId));
        others.tell("endpoint", String(sdkAppId));
      } catch (error) {
        // What is lost of it is found out again by the next attempts.
        log.error({ err: error, sdkAppId }, "an endpoint's state could not be written");
      }
    }
    keeping.delete(sdkAppId);
  }

  async function look({ gate, onNews }: Following): Promise<void> {
    foundSince.clear();
    try {
      const kept = new Map((await states.all()).map((state) => [state.sdkAppId, state]));
      for (const sdkAppId of new Set([...kept.keys(), ...gate.failing()])) {
        if (foundSince.has(sdkAppId) || keeping.has(sdkAppId)) continue;
        if (gate.adopt(sdkAppId, kept.get(sdkAppId))) onNews(sdkAppId);
      }
    } catch (error) {
      log.warn({ err: error }, "what other nodes know of endpoints cannot be read; trying again");
    }
  }

  return {
    found(sdkAppId, state) {
      foundSince.add(sdkAppId);
      unkept.set(sdkAppId, state);
      if (!keeping.has(sdkAppId)) keeping.set(sdkAppId, keep(sdkAppId));
    },
    async claim(state, until) {
      // What this node has just found is to be there before.
      await keeping.get(state.sdkAppId);
      try {
        const isOurs = await states.claim(state, until);
        // Another node is trying it, or has.
        if (!isOurs) lookNow();
        return isOurs;
      } catch (error) {
        log.warn(
          { err: error, sdkAppId: state.sdkAppId },
          "whose it is to try an endpoint cannot be asked; trying again",
        );
        return false;
      }
    },
    isBack: (sdkAppId) => others.tell("endpoint-back", String(sdkAppId)),
    follow(following) {
      lookNow = () => {
        looking = looking.then(() => look(following));
      };
      const poll = (): void => {
        callOff = clock.after(POLL, () => {
          lookNow();
          if (!stopped) poll();
        });
      };
      others.onTold("endpoint", lookNow);
      others.onTold("endpoint-back", (text) => following.onBack(Number(text)));
      others.onMissed(lookNow);
      poll();
    },
    async stop() {
      stopped = true;
      callOff();
      await looking;
      await Promise.all(keeping.values());
    },
  };
}
