import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { createLog, systemClock } from "@muster/foundation";
import { sampleCallback } from "@muster/receiver/inbox-contract";
import { expect, it, onTestFinished } from "vitest";

import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import { startTcpProxy, through } from "../../../../../test/harness/tcp-proxy.ts";
import { recorderStoreContract } from "../recorder-store.contract.ts";
import { migrateRecorderStore } from "../migrate/migrate-recorder-store.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { SCHEMA } from "./schema.ts";

const postgres = await postgresOfFile();
/** Databases that no store is open on. To empty one is cheaper than to make one. */
const free: string[] = [];

const EMPTY = `
  SET search_path TO ${SCHEMA};
  DELETE FROM events; DELETE FROM repeats; DELETE FROM groups; DELETE FROM sinks; DELETE FROM snapshots;
  DELETE FROM import; DELETE FROM import_table;
  UPDATE journal SET last = 0`;

async function emptyDatabase(): Promise<string> {
  const used = free.pop();
  if (used === undefined) return await postgres.createDatabase();
  await postgres.run(used, EMPTY);
  return used;
}

const open = (url: string) => openPostgresStore(url, { clock: systemClock, log: createLog("recorder", "silent") });

recorderStoreContract("the PostgreSQL store", async () => {
  const url = await emptyDatabase();
  return {
    open: () => open(url),
    remove: async () => void free.push(url),
  };
});

recorderStoreContract("the SQLite store, then the PostgreSQL store", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "muster-")), "recorder.db");
  let url: string | undefined;
  let isNew = true;
  return {
    async open() {
      if (isNew) {
        isNew = false;
        return openSqliteStore(path);
      }
      if (url === undefined) {
        url = await emptyDatabase();
        await migrateRecorderStore({ from: path, to: url, onEvent: () => undefined });
      }
      return await open(url);
    },
    async remove() {
      rmSync(dirname(path), { recursive: true });
      if (url !== undefined) free.push(url);
    },
  };
});

it("is one journal for all nodes: each event once, and none is seen before those that are in front of it", async () => {
  const url = await emptyDatabase();
  const nodes = await Promise.all([open(url), open(url), open(url)]);
  const reader = await open(url);
  onTestFinished(() => Promise.all([...nodes, reader].map(({ close }) => close())).then(() => undefined));
  const EVENTS = 600;
  const all = Array.from({ length: EVENTS }, (_, i) => sampleCallback({ dedupeKey: `id:1:${i}`, sequence: i + 1 }));
  const seen: number[] = [];
  let isOver = false;
  const following = (async () => {
    for (let after = 0; !isOver || after < EVENTS;) {
      const { events } = await reader.journal.readEvents({}, after, 50);
      seen.push(...events.map(({ position }) => position));
      after = events.at(-1)?.position ?? after;
    }
  })();
  const verdicts = await Promise.all(
    nodes.map(async ({ journal }, node) => {
      const own: string[] = [];
      // In turns, so that their commits mix; each event comes to two of the nodes.
      for (let from = 0; from < EVENTS; from += 20) {
        const part = all.slice(from, from + 20).filter((_, i) => i % 3 !== node);
        own.push(...(await Promise.all(part.map((callback) => journal.keep(callback)))));
      }
      return own;
    }),
  );
  isOver = true;
  await following;
  expect(seen).toEqual(Array.from({ length: EVENTS }, (_, i) => i + 1));
  expect(verdicts.flat().filter((verdict) => verdict === "new")).toHaveLength(EVENTS);
});

it("tells of what another node has added", async () => {
  const url = await emptyDatabase();
  const [here, there] = await Promise.all([open(url), open(url)]);
  onTestFinished(() => Promise.all([here.close(), there.close()]).then(() => undefined));
  const told = new Promise<void>((resolve) => void here.journal.onCommit(resolve));
  await there.journal.keep(sampleCallback());
  await told;
  expect(await here.journal.lastPosition()).toBe(1);
});

it("is led by another node where the one that leads is not heard of, which stops to lead", async () => {
  const url = await emptyDatabase();
  const proxy = await startTcpProxy(Number(new URL(url).port));
  const events: string[] = [];
  const lead = async (name: string, at: string): Promise<void> => {
    const { leadership, close } = await open(at);
    if (!leadership) throw new Error("one of several leads");
    onTestFinished(() => leadership.stop().then(close));
    await leadership.lead(async () => {
      events.push(`${name} leads`);
      return async () => void events.push(`${name} stops`);
    });
  };
  await lead("one", through(proxy, url));
  await lead("other", url);
  expect(events).toEqual(["one leads"]);
  // New connections get through, as where the name leads to another host from now on.
  proxy.strand();
  await expect.poll(() => events.toSorted()).toEqual(["one leads", "one stops", "other leads"]);
});
