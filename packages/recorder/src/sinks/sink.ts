import type { OutgoingEvent } from "./cloud-event.ts";

/**
 * Where events go: another system. `sinkContract` is its test-suite.
 *
 * The pump asks it for nothing but to take some events and to say that they are safe. It comes again with what was not
 * taken, and after a crash with some that were: a sink is told everything at least once, and of a group in order.
 *
 * @example
 * ```ts
 * import type { Sink } from "@muster/recorder";
 *
 * const terminal: Sink = {
 *   concurrency: 1,
 *   batchSize: 100,
 *   deliver: async (events) => {
 *     for (const { attributes } of events) console.log(attributes.time, attributes.type, attributes.subject);
 *   },
 *   close: async () => {},
 * };
 * ```
 */
export interface Sink {
  /** Most calls of `deliver` that may run at the same time. No two of them have events of the same group. */
  readonly concurrency: number;
  /** Most events that one call of `deliver` gets. */
  readonly batchSize: number;
  /**
   * Takes events, which are in the order of the journal, and resolves when all of them are safe: whatever happens to
   * this process or the machine afterwards, they are there. One that was taken before is taken again without harm, as
   * far as the other system can tell.
   * @param signal says when to give up: it rejects soon after, and nothing is written any more once it has
   * @throws {EventRefused} where it is the event's fault; any other error is taken to be the sink's
   * @throws {SinkBusy} where it is to come again later
   */
  deliver(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<void>;
  /** Lets go of everything; nothing is delivered afterwards. */
  close(): Promise<void>;
}

/**
 * A sink asks to be left alone for a while; nothing is held against the event. It is heeded up to ten minutes. The message
 * says why, in a sentence, without secrets.
 */
export class SinkBusy extends Error {
  override readonly name = "SinkBusy";
  /** For how long, in ms. */
  readonly delay: number;

  constructor(message: string, delay: number) {
    super(message);
    this.delay = delay;
  }
}

/**
 * A sink will not take an event as it is: too large, not what it expects. Such an event is tried again less patiently
 * than one that found the sink not working, and becomes a dead letter. The message says why, in a sentence, without
 * secrets.
 */
export class EventRefused extends Error {
  override readonly name = "EventRefused";
}
