import type { Clock, CommitWatch, Logger, ReplicaReads, ReplicaState } from "@muster/foundation";

import type { Deliveries } from "../deliveries.ts";
import type { SeriesStore } from "../delivery-series.ts";
import type { OtherNodes } from "../other-nodes.ts";
import type { AppRecords } from "../ports/app-records.ts";
import type { EndpointStates } from "../ports/endpoint-states.ts";
import type { NoticeLog } from "../ports/notice-log.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Ownership } from "../ports/ownership.ts";
import type { SessionRecords } from "../ports/session-records.ts";
import type { Store } from "../ports/store.ts";
import type { PresenceBoard } from "../presence-board.ts";

/** A store that is open: the groups, and the outbox that is written with them. */
export interface OpenStore {
  readonly store: Store;
  readonly outbox: Outbox;
  /** Absent where nobody else delivers what is in it. */
  readonly ownership?: Ownership;
  readonly others: OtherNodes;
  /** Absent where app users are connected to one node alone. */
  readonly board?: PresenceBoard;
  /** Absent where nobody else has to know who is signed in to the console. */
  readonly sessionRecords?: SessionRecords;
  readonly appRecords: AppRecords;
  readonly endpointStates: EndpointStates;
  readonly notices: NoticeLog;
  /** When the callback was accepted that each app has waited for longest: by app, ms since 1970. */
  oldestPending(): Promise<ReadonlyMap<number, number>>;
  readonly deliveries: Deliveries;
  readonly series: SeriesStore;
  /** Whether a replica is read; absent where none is configured. */
  readonly replica?: () => ReplicaState;
  /** Throws, saying why, where the store cannot be read and written at the moment. */
  check(): Promise<void>;
  /** Gives up what this node delivers, so that others can go on before it has stopped. */
  leave(): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/** What a store needs. */
export interface StorePorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** A replica that is read as well, of a store in PostgreSQL. */
  readonly replica?: { readonly url: string; readonly reads: ReplicaReads } | undefined;
  /** Measures the commits. */
  readonly watch?: CommitWatch | undefined;
}
