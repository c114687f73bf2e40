import { COPYING, createLog, openPostgres, systemClock } from "@muster/foundation";
import { ErrorCode } from "@muster/protocol";
import { expect, it, onTestFinished } from "vitest";

import { demoApp } from "../../../../../test/harness/demo-app.ts";
import { openExecutor } from "../../../../../test/harness/executor.ts";
import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import { settleApp } from "../../apps/settle-app.ts";
import { destroyGroup } from "../../commands/destroy-group.ts";
import { importAccount } from "../../commands/import-account.ts";
import type { NewCallback } from "../../ports/outbox.ts";
import type { GroupWrites } from "../../ports/store.ts";
import { openStore } from "../open-store.ts";
import type { OpenStore } from "../opened-store.ts";
import { migrations, SCHEMA } from "../postgres/migrations.ts";
import { addAll, APP, application, group, member, OTHER_APP, topic } from "../sample-groups.contract.ts";
import { appTables } from "./app-tables.ts";
import { createDeparture, type Departure } from "./departure.ts";

const NOW = 1_700_000_000_000;
const postgres = await postgresOfFile();

interface Leaving {
  readonly url: string;
  /** What a server that runs meanwhile has open. */
  readonly server: OpenStore;
  readonly departure: Departure;
  readonly other: Departure;
}

/** A database with two apps that are alike, on which a server runs. */
async function leaving(): Promise<Leaving> {
  const url = await postgres.createDatabase();
  const server = await openStore(url, { clock: systemClock, log: createLog("server", "silent") });
  const db = await openPostgres(url, { schema: SCHEMA, migrations, ...COPYING });
  const ports = { db, app: APP, clock: systemClock, heard: 200 };
  const [departure, other] = [createDeparture(ports), createDeparture(ports)];
  onTestFinished(async () => {
    await departure.release();
    await other.release();
    await db.close();
    await server.close();
  });
  for (const app of [APP, OTHER_APP]) {
    await server.notices.listen(app, NOW);
    await server.store.write(app, async (tx) => {
      await addAll(tx);
      await tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" });
      await tx.putApplication(application("zoe"));
      for (let i = 0; i < 3; i += 1) await tx.enqueue(callback(i));
    });
    await server.endpointStates.put({ ...endpoint, sdkAppId: app });
    await server.series.add([{ ...figures, sdkAppId: app }]);
  }
  return { url, server, departure, other };
}

const callback = (i: number): NewCallback => ({
  id: `callback-${i}`,
  lane: group.groupId,
  command: "Group.CallbackAfterGroupDestroyed",
  body: "{}",
  clientIp: "",
  platform: "iOS",
  acceptedAt: NOW,
});
const endpoint = { failingSince: NOW, openings: 1, outcome: "status", until: NOW } as const;
const figures = { at: NOW, attempts: 1, delivered: 1, dead: 0, pending: 0, durations: [1] };

/** Whatever changes something for good, on behalf of an app. */
const writes: readonly ((tx: GroupWrites) => Promise<unknown>)[] = [
  (tx) => tx.putAccount({ userId: "bob", nick: "", faceUrl: "" }),
  (tx) => tx.removeAccount("leckie"),
  (tx) => tx.setKickedAt("leckie", 7),
  (tx) => tx.addGroup({ ...group, groupId: "another" }),
  (tx) => tx.changeGroup({ ...group, name: "renamed" }),
  (tx) => tx.removeGroup(group.groupId),
  (tx) => tx.addMembers(group.groupId, [member("zoe")]),
  (tx) => tx.changeMember(group.groupId, { ...member("bob"), nameCard: "another" }),
  (tx) => tx.removeMembers(group.groupId, ["bob"]),
  (tx) => tx.setBans(group.groupId, [{ userId: "zoe", until: 4_000_000_000 }]),
  (tx) => tx.setMutes(group.groupId, "", [{ userId: "bob", until: 4_000_000_000 }]),
  (tx) => tx.setAttributes(group.groupId, { a: "b" }),
  (tx) => tx.putApplication(application("peter")),
  (tx) => tx.removeApplication(group.groupId, "zoe"),
  (tx) => tx.addTopic(topic("c")),
  (tx) => tx.changeTopic({ ...topic("a"), name: "renamed" }),
  (tx) => tx.removeTopic(group.groupId, topic("a").topicId),
  (tx) => tx.enqueue(callback(7)),
  (tx) => tx.enqueue({ ...callback(7), lane: "a new one" }),
  (tx) =>
    tx.addNotice({
      groupId: group.groupId,
      audience: "members",
      users: [],
      frame: { event: "groupDismissed", body: { groupId: group.groupId, name: "", operator: "leckie" } },
      at: NOW,
    }),
];

/** All that there is of an app. */
async function rowsOf(url: string, app: number): Promise<Record<string, unknown>> {
  const texts = appTables.map(
    ({ name }) =>
      `(SELECT string_agg(t::text, ';' ORDER BY t::text) FROM ${SCHEMA}.${name} t WHERE app = ${app}) AS ${name}`,
  );
  return (await postgres.rows(url, `SELECT ${texts.join(", ")}`))[0] ?? {};
}

it("keeps servers that run from changing anything of an app that leaves, and from nothing of others", async () => {
  const { url, server, departure } = await leaving();
  const { store, outbox } = server;
  // What a server that hears of nothing has at hand.
  const sent = await Promise.all([APP, OTHER_APP].map((app) => outbox.pending(app, group.groupId, 0, 2)));
  await departure.closeApp();
  const [before, ofOther] = [await rowsOf(url, APP), await rowsOf(url, OTHER_APP)];

  const outcomes = await Promise.all(writes.map((write) => store.write(APP, write).then(String, String)));
  const done = writes.filter((_, i) => outcomes[i]?.includes(`the app ${APP} leaves for another store`) !== true);
  expect(done.map(String)).toEqual([]);
  await expect(outbox.cancelPending(APP, NOW)).rejects.toThrow(/leaves for another/);
  const attempt = { number: 1, startedAt: NOW, durationMs: 7, outcome: "delivered" } as const;
  await outbox.settle(
    sent.flat().map((pending) => ({ callback: pending, attempt, state: "delivered" })),
    NOW,
  );
  await outbox.hasten(APP, NOW);
  await server.series.add([APP, OTHER_APP].map((sdkAppId) => ({ ...figures, sdkAppId })));
  await server.series.forget("minute", NOW + 3_600_000);
  await server.notices.forget(NOW + 1);
  await server.endpointStates.remove(APP);
  const old = { before: NOW + 1, deadBefore: NOW + 1, after: 0 };
  expect(await server.deliveries.removeOld(old)).toEqual({ removed: 0, next: undefined });
  expect(await rowsOf(url, APP)).toEqual(before);
  expect(await outbox.dueLanes(APP, "fresh", NOW, 10)).toEqual([]);
  expect(await server.appRecords.moves()).toEqual(new Map([[APP, "leaving"]]));

  // Of the other one it was all done.
  expect((await outbox.dueLanes(OTHER_APP, "fresh", NOW, 10)).map(({ head }) => head.sequence)).toEqual([3]);
  for (const write of writes) await store.write(OTHER_APP, write);
  const now = await rowsOf(url, OTHER_APP);
  for (const table of ["lane", "attempt", "tally", "series"]) expect(now[table], table).not.toBe(ofOther[table]);

  await departure.reopenApp();
  expect(await server.appRecords.moves()).toEqual(new Map());
  for (const write of writes) await store.write(APP, write);
  expect(await server.deliveries.removeOld(old)).toEqual({ removed: 2, next: undefined });
  const fences = "SELECT 1 FROM pg_trigger WHERE tgname LIKE 'departed%'";
  expect(await postgres.rows(url, fences)).toEqual([]);
});

it("answers for an app that leaves as one that knows it, where nobody has heard of it", async () => {
  const { url, server, departure } = await leaving();
  // It believes that every app is served.
  const { execute } = await openExecutor(server);
  await departure.closeApp();
  const before = await rowsOf(url, APP);

  const info = `the app ${APP} is moving to another cell; nothing was changed: try again`;
  const refused = { ok: false, refusal: { code: ErrorCode.Internal, info } };
  const { groupId } = group;
  // In a transaction of its own, and in one with others.
  expect(await execute(importAccount, { userId: "zoe", nick: "", faceUrl: "" })).toEqual(refused);
  expect(await Promise.all([0, 1].map(() => execute(destroyGroup, { groupId })))).toEqual([refused, refused]);

  const settling = {
    ...server,
    disconnect: () => undefined,
    revive: () => Promise.resolve(),
    now: () => NOW,
    log: createLog("server", "silent"),
  };
  const app = { ...demoApp, administrators: new Set(["nobody yet"]) };
  for (const settled of [app, undefined]) {
    expect(await settleApp(settling, APP, settled, undefined)).toEqual({ cancelled: 0 });
  }
  expect(await rowsOf(url, APP)).toEqual(before);
});

it("opens an app again whose mover is gone, which then takes nothing away", async () => {
  const { url, server, departure, other } = await leaving();
  await departure.closeApp();
  await expect(other.closeApp()).rejects.toThrow("is being moved by another muster migrate-store");
  expect([...(await server.appRecords.moves()).keys()]).toEqual([APP]);
  const end = `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND application_name = '${COPYING.name}'`;
  await postgres.run(url, end);
  await expect.poll(async () => [...(await server.appRecords.moves()).keys()]).toEqual([]);
  await server.store.write(APP, (tx) => tx.putAccount({ userId: "bob", nick: "", faceUrl: "" }));
  await expect(departure.leave()).rejects.toThrow("was served again meanwhile");

  // Once it has left it stays away, whatever becomes of who has moved it.
  await other.closeApp();
  await other.leave();
  await postgres.run(url, end);
  await other.reopenApp();
  expect([...(await server.appRecords.moves()).keys()]).toEqual([APP]);
});
