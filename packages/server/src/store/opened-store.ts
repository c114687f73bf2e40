import type { Deliveries } from "../deliveries.ts";
import type { SeriesStore } from "../delivery-series.ts";
import type { AppRecords, EndpointStates, NoticeLog, Outbox, Store } from "../ports.ts";

/** A store that is open: the groups, and the outbox that is written with them. */
export interface OpenStore {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly appRecords: AppRecords;
  readonly endpointStates: EndpointStates;
  readonly notices: NoticeLog;
  /** When the callback was accepted that each app has waited for longest: by app, ms since 1970. */
  oldestPending(): Promise<ReadonlyMap<number, number>>;
  readonly deliveries: Deliveries;
  readonly series: SeriesStore;
  /** Throws where the store cannot be reached. */
  check(): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}
