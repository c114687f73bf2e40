import { onTestFinished } from "vitest";

import type { SeriesStore } from "../delivery-series.ts";
import type { Deliveries } from "../deliveries.ts";
import type { AppRecords } from "../ports/app-records.ts";
import type { EndpointStates } from "../ports/endpoint-states.ts";
import type { NoticeLog } from "../ports/notice-log.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Store } from "../ports/store.ts";
import { accountsContract } from "./accounts.contract.ts";
import { appRecordsContract } from "./app-records.contract.ts";
import { booksContract } from "./books.contract.ts";
import { commitsContract } from "./commits.contract.ts";
import { deliveriesContract } from "./deliveries.contract.ts";
import { endpointStatesContract } from "./endpoint-states.contract.ts";
import { groupsContract } from "./groups.contract.ts";
import { laneNumbersContract } from "./lane-numbers.contract.ts";
import { membersContract } from "./members.contract.ts";
import { noticesContract } from "./notices.contract.ts";
import { outboxContract } from "./outbox.contract.ts";
import { seriesContract } from "./series.contract.ts";
import { transactionsContract } from "./transactions.contract.ts";

/** A store under test. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly appRecords: AppRecords;
  readonly endpointStates: EndpointStates;
  readonly notices: NoticeLog;
  readonly deliveries: Deliveries;
  readonly series: SeriesStore;
  /** Whether works that are handed in together are done in that order. */
  readonly keepsOrder: boolean;
  check(): Promise<void>;
  close(): Promise<void>;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<StoreUnderTest>;
}

/**
 * What every store does, whatever it stores in. `open` opens a new and empty one.
 * @param share of the runs of properties: fewer where it takes long to open one
 */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>, share = 1): void {
  /** A store that is closed when the test is over. */
  async function opened(): Promise<StoreUnderTest> {
    return closedInTheEnd(await open());
  }

  function closedInTheEnd(under: StoreUnderTest): StoreUnderTest {
    let isOpen = true;
    const close = async (): Promise<void> => {
      if (isOpen) await under.close();
      isOpen = false;
    };
    onTestFinished(close);
    return {
      ...under,
      close,
      async reopen() {
        isOpen = false;
        return closedInTheEnd(await under.reopen());
      },
    };
  }

  transactionsContract(name, opened);
  accountsContract(name, opened);
  groupsContract(name, opened);
  membersContract(name, opened);
  noticesContract(name, opened, share);
  laneNumbersContract(name, opened);
  commitsContract(name, opened);
  outboxContract(name, opened);
  booksContract(name, opened, share);
  deliveriesContract(name, opened);
  seriesContract(name, opened);
  endpointStatesContract(name, opened);
  appRecordsContract(name, opened);
}
