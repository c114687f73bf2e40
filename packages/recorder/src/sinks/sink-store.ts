/** A group (or an app's events of no group) of which a sink did not take an event: what follows of it waits. */
export interface HeldLane {
  /** See `laneOf`. */
  readonly lane: string;
  readonly sdkAppId: number;
  readonly groupId: string | undefined;
  /** Its events behind this position are still to be delivered. */
  readonly after: number;
  /** How often the first of these has failed, as far as it was held against it. */
  readonly failures: number;
  /** When it is tried again, in ms since 1970. */
  readonly nextAt: number;
  /** Why it was not taken. */
  readonly error: string;
}

/** An event that was given up. */
export interface DeadLetter {
  readonly position: number;
  readonly failures: number;
  readonly error: string;
  /** In ms since 1970. */
  readonly diedAt: number;
}

/** How far a sink is. Everything up to its position was delivered, is no business of its, is dead, or in a held lane. */
export interface SinkProgress {
  readonly position: number;
  readonly paused: boolean;
  readonly held: readonly HeldLane[];
}

/** What has changed since the last time. */
export interface SinkChange {
  readonly position: number;
  readonly held: readonly HeldLane[];
  /** Lanes that are held no longer. */
  readonly released: readonly string[];
  readonly dead: readonly DeadLetter[];
  /** Positions of dead letters that were delivered after all. */
  readonly revived: readonly number[];
}

/** Where sinks have their places, by their names. What a promise has resolved is on disk. */
export interface SinkStore {
  /** Where a sink is; one that is new begins behind the position that `from` resolves to. */
  open(name: string, from: () => number | Promise<number>): Promise<SinkProgress>;
  save(name: string, change: SinkChange): Promise<void>;
  setPaused(name: string, paused: boolean): Promise<void>;
  /** At most `limit` dead letters behind a position, in the order of the journal. */
  deadLetters(name: string, after: number, limit: number): Promise<readonly DeadLetter[]>;
  countDeadLetters(name: string): Promise<number>;
  /** Every sink that ever was and was not forgotten, by name. */
  all(): Promise<readonly { readonly name: string; readonly position: number }[]>;
  /** Up to where no sink needs the journal any more: all have taken it, and no group waits. */
  taken(): Promise<number>;
  /** Forgets a sink; `false` where there is none of the name. One that comes later under the name begins anew. */
  forget(name: string): Promise<boolean>;
}
