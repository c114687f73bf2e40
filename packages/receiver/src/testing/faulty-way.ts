import type { Answer } from "../answer.ts";
import type { CallbackRequest } from "../request.ts";
import { createRandom } from "./random.ts";
import type { SampleCallback } from "./sample-callback.ts";

/** What happens on the way, each as a share of the callbacks from 0 to 1; 0 where it is absent. */
export interface Faults {
  /** What is drawn is always the same for a seed. */
  readonly seed: number;
  /** Never arrive. */
  readonly drop?: number;
  /** Arrive twice, the second time by up to `within` callbacks later. */
  readonly duplicate?: number;
  /** Are overtaken by 1 to `within` later ones. */
  readonly reorder?: number;
  /** 8 where it is absent. */
  readonly within?: number;
  /** Arrive up to `delayMs` later, whatever comes meanwhile. */
  readonly delay?: number;
  /** In ms; 1,000 where it is absent. */
  readonly delayMs?: number;
  /** Waits so many ms; by default with the runtime's timers. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Where callbacks arrive: a receiver's `handle`, or the URL of any backend. */
export type Target = string | ((request: CallbackRequest) => Promise<Answer>);

/** One arrival. */
export interface Delivery {
  /** Which callback it was, as they were sent, from 1. */
  readonly number: number;
  readonly request: SampleCallback;
  /** `undefined` where there was none: the target could not be reached, or broke off. */
  readonly answer: Answer | undefined;
}

/** A way on which things happen to callbacks. */
export interface FaultyWay {
  /** Sends one on its way. */
  send(request: SampleCallback): void;
  /** Lets everything arrive that still can; resolves with all arrivals, in order. */
  settled(): Promise<readonly Delivery[]>;
  /** The numbers of the callbacks that never arrive. */
  readonly dropped: readonly number[];
}

/**
 * A way to a receiver or a backend on which callbacks are dropped, doubled, overtaken and delayed, as the seed says. They
 * arrive one after another, so that for a seed without `delay` the order of arrivals is always the same.
 * @example
 * ```ts
 * const way = createFaultyWay(receiver.handle, { seed: 7, duplicate: 0.3, reorder: 0.3 });
 * for (const sample of samples) way.send(sample);
 * const arrivals = await way.settled();
 * ```
 */
export function createFaultyWay(target: Target, faults: Faults): FaultyWay {
  const { seed, drop = 0, duplicate = 0, reorder = 0, within = 8, delay = 0, delayMs = 1_000, wait = byTimer } = faults;
  const random = createRandom(seed);
  const arrive = typeof target === "string" ? postTo(target) : target;
  const deliveries: Delivery[] = [];
  const dropped: number[] = [];
  const underWay = new Set<Promise<void>>();
  let held: { readonly due: number; readonly go: () => void }[] = [];
  let sent = 0;
  let arriving = Promise.resolve();

  function deliver(number: number, request: SampleCallback): void {
    arriving = arriving.then(async () => {
      const answer = await arrive(request).catch(() => undefined);
      deliveries.push({ number, request, answer });
    });
  }

  /** Lets go what enough others have overtaken, in the order in which it is due. */
  function release(upTo: number): void {
    const due = held.filter((one) => one.due <= upTo).toSorted((a, b) => a.due - b.due);
    held = held.filter((one) => one.due > upTo);
    for (const { go } of due) go();
  }

  function send(request: SampleCallback): void {
    sent += 1;
    const number = sent;
    // All is drawn for each, so that another share of one fault leaves the others as they are.
    const [isDropped, isDoubled, isOvertaken, isDelayed] = [drop, duplicate, reorder, delay].map(
      (share) => random() < share,
    );
    const [behind, copyBehind] = [1 + Math.floor(random() * within), Math.floor(random() * (within + 1))];
    const late = random() * delayMs;

    const go = (): void => deliver(number, request);
    if (isDropped) dropped.push(number);
    else if (isDelayed) delayed(go, late);
    else if (isOvertaken) held.push({ due: number + behind, go });
    else go();
    if (isDoubled && !isDropped) held.push({ due: number + copyBehind, go });
    release(number);
  }

  function delayed(go: () => void, ms: number): void {
    const waiting = wait(ms).then(() => {
      underWay.delete(waiting);
      go();
    });
    underWay.add(waiting);
  }

  return {
    send,
    dropped,
    async settled() {
      release(Infinity);
      await Promise.all(underWay);
      await arriving;
      return deliveries;
    },
  };
}

/** Posts to a backend with the query of the callback. */
function postTo(target: string): (request: SampleCallback) => Promise<Answer> {
  return async ({ url, headers, body }) => {
    const to = new URL(target);
    const added = new URL(url).search.slice(1);
    to.search = to.search.length > 1 ? `${to.search}&${added}` : added;
    const response = await fetch(to, { method: "POST", headers, body });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  };
}

function byTimer(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
