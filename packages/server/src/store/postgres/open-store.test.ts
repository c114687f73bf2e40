import { join } from "node:path";

import { createLog, systemClock } from "@muster/foundation";
import { onTestFinished } from "vitest";

import { EMPTY } from "../../../../../test/harness/empty-database.ts";
import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import type { WritePlan } from "../../ports/store.ts";
import { migrateServerStore } from "../migrate/migrate-server-store.ts";
import { openSqliteStore } from "../sqlite/open-store.ts";
import { sessionRecordsContract } from "../session-records.contract.ts";
import { storeContract, type StoreUnderTest } from "../store.contract.ts";
import { openPostgresStore } from "./open-store.ts";

const postgres = await postgresOfFile();
/** Databases that no store is open on. To empty one is cheaper than to make one. */
const free: string[] = [];

async function emptyDatabase(): Promise<string> {
  const used = free.pop();
  if (used === undefined) return await postgres.createDatabase();
  await postgres.run(used, EMPTY);
  return used;
}

async function openAt(url: string, plan: WritePlan = {}): Promise<StoreUnderTest> {
  const opened = await openPostgresStore(url, { clock: systemClock, log: createLog("server", "silent") });
  const { store } = opened;
  return {
    ...opened,
    store: {
      ...store,
      write: (app, work) => store.write(app, work, plan),
    },
    keepsOrder: false,
    async close() {
      await opened.close();
      free.push(url);
    },
    async reopen() {
      await opened.close();
      return await openAt(url, plan);
    },
  };
}

storeContract("PostgreSQL", async () => await openAt(await emptyDatabase(), { sharesCommit: true }), 0.25);

storeContract(
  "SQLite, then PostgreSQL",
  async () => {
    const path = join(temporaryFolder(), "server.db");
    const opened = openSqliteStore(path);
    return {
      ...opened,
      keepsOrder: true,
      async reopen() {
        await opened.close();
        const url = await emptyDatabase();
        await migrateServerStore({ from: path, to: url, onEvent: () => undefined });
        return await openAt(url);
      },
    };
  },
  0.1,
);

sessionRecordsContract("records in PostgreSQL", async () => {
  const { sessionRecords, close } = await openPostgresStore(await emptyDatabase(), {
    clock: systemClock,
    log: createLog("server", "silent"),
  });
  onTestFinished(close);
  if (!sessionRecords) throw new Error("it keeps them");
  return sessionRecords;
});
