/** A callback that was verified, as an inbox keeps it. */
export interface ReceivedCallback {
  /** The same for the same callback, however often it comes; see `dedupeKey`. */
  readonly dedupeKey: string;
  readonly sdkAppId: number;
  readonly command: string;
  /** The group that it tells of; for a topic's callbacks the community. */
  readonly groupId: string | undefined;
  /** The `webhook-id` header: the same on every attempt. Tencent Cloud Chat sends none. */
  readonly id: string | undefined;
  /** The `muster-sequence` header: 1, 2, 3 … within the group, without gaps. */
  readonly sequence: number | undefined;
  /** The `muster-attempt` header: 1 the first time that it is sent. */
  readonly attempt: number | undefined;
  /** The `muster-replay` header: somebody asked for it once more, which is no new event. */
  readonly replay: boolean;
  /** When it happened by the body's `EventTime`, in ms since 1970; some callbacks have none. */
  readonly eventTime: number | undefined;
  /** The address of whoever acted, as the query tells; nothing proves it. */
  readonly clientIp: string | undefined;
  /** Where whoever acted did so: `RESTAPI`, `Web`, `iOS` … */
  readonly platform: string | undefined;
  /** When it came, in ms since 1970, by the receiver's clock. */
  readonly receivedAt: number;
  /** The query as it came, without `Sign` and `RequestTime`. */
  readonly query: string;
  /** The body's bytes as they came. */
  readonly body: Uint8Array;
  /** Why it is in quarantine: it is authentic, but its content is not what the catalog says. */
  readonly fault: string | undefined;
}

/** Whether a callback came for the first time. */
export type Kept = "new" | "duplicate";

/** Where callbacks are kept before they are answered. `inboxContract` is its test-suite. */
export interface Inbox {
  /**
   * Keeps a callback once per `dedupeKey` and counts its arrivals. Resolves when it is safe: whatever happens
   * to the process or the machine afterwards, the callback is there. The body's bytes may change hands after
   * that, not before.
   * @throws where it could not be kept; the sender is then told to come again
   */
  keep(callback: ReceivedCallback): Promise<Kept>;
}
