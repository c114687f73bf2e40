import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { createLog, systemClock } from "@muster/foundation";
import { allow, createMemoryInbox, createReceiver, refuse } from "@muster/receiver";
import { nodeHandler } from "@muster/receiver/node-http";
import { createSqliteInbox } from "@muster/receiver/sqlite";
import { checkBackend, createFaultyWay, sampleCallback } from "@muster/receiver/testing";
import { recorderSection, startRecorder, type Sink } from "@muster/recorder";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../harness/folder.ts";
import { storeIn } from "../harness/store.ts";

const guides = join(import.meta.dirname, "..", "..", "docs", "guides");
const sdkAppId = 1400000001;
const token = "xxxxyyyy";
const CREATED = "Group.CallbackAfterCreateGroup";

/** What each guide has in TypeScript, without what it imports. */
const inGuides = readdirSync(guides).flatMap((name) =>
  [...readFileSync(join(guides, name), "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) =>
    code.replaceAll(/^import .*\n\n?/gm, ""),
  ),
);

/** What runs in a test, between its marks. */
function examplesIn(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/#region example\n(.*?)^ *\/\/ #endregion/gms)].map(([, code = ""]) =>
    code.replaceAll(/^ {4}/gm, ""),
  );
}

const withToken = (inbox = createMemoryInbox()) => createReceiver({ apps: [{ sdkAppId, tokens: [token] }], inbox });

describe("the guides' examples", () => {
  it("run in tests, and stand there as they run", () => {
    const running = [import.meta.filename, join(import.meta.dirname, "app-users.test.ts")].flatMap(examplesIn);
    expect(inGuides.toSorted()).toEqual(running.toSorted());
  });

  it("handle callbacks", async () => {
    const db = new DatabaseSync(":memory:");
    onTestFinished(() => db.close());
    db.exec("CREATE TABLE rooms (group_id TEXT, name TEXT, owner TEXT)");
    const inbox = createSqliteInbox(db);
    const onGap = (): void => {};
    const onDead = (): void => {};
    // #region example
    const receiver = createReceiver({ apps: [{ sdkAppId, tokens: [token] }], inbox, onGap, onDead })
      .on("Group.CallbackAfterCreateGroup", ({ groupId, name, owner }, { tx }) => {
        tx.prepare("INSERT INTO rooms VALUES (?, ?, ?)").run(groupId, name, owner);
      })
      .before("Group.CallbackBeforeCreateGroup", ({ name }) => (name === "admin" ? refuse(10101, "Taken.") : allow()))
      .fallback(() => {});
    console.log(receiver.commands()); // the switches that the sender needs
    await receiver.start();
    // #endregion
    onTestFinished(() => receiver.stop());
    const fields = { GroupId: "chess", Name: "admin", Owner_Account: "leckie" };
    expect(await receiver.handle(await sampleCallback(CREATED, { sdkAppId, token, fields }))).toMatchObject({
      status: 200,
    });
    await expect
      .poll(() => db.prepare("SELECT * FROM rooms").all())
      .toEqual([{ group_id: "chess", name: "admin", owner: "leckie" }]);
    const asked = await receiver.handle(
      await sampleCallback("Group.CallbackBeforeCreateGroup", { sdkAppId, token, fields: { Name: "admin" } }),
    );
    expect(JSON.parse(asked.body)).toMatchObject({ ErrorCode: 10101, ErrorInfo: "Taken." });
  });

  it("have dead letters tried again", async () => {
    let isMended = false;
    const inbox = createMemoryInbox();
    const receiver = createReceiver({ apps: [{ sdkAppId, tokens: [token] }], inbox, retries: { attempts: 1 } });
    receiver.fallback(() => {
      if (!isMended) throw new Error("not yet");
    });
    await receiver.start();
    onTestFinished(() => receiver.stop());
    await receiver.handle(await sampleCallback(CREATED, { sdkAppId, token, id: "msg_1" }));
    const state = () => inbox.stateOf(`id:${sdkAppId}:msg_1`);
    await expect.poll(state).toBe("dead");
    isMended = true;
    // #region example
    const { letters, next } = await receiver.deadLetters({ limit: 50 }); // the next page: { after: next }
    for (const { callback, attempts, error } of letters) {
      console.log(callback.command, callback.groupId, `failed ${attempts} times, at last with ${error}`);
    }
    await receiver.retryAll(); // or of one alone: retry(callback.dedupeKey)
    // #endregion
    expect([letters.length, next]).toEqual([1, undefined]);
    await expect.poll(state).toBe("done");
  });

  it("check a backend", async () => {
    const server = createServer(nodeHandler(withToken()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
    // #region example
    const verdicts = await checkBackend({ url, sdkAppId: 1400000001, token, deadlineMs: 30_000 });
    expect(verdicts.filter(({ verdict }) => verdict === "failed")).toEqual([]);
    // #endregion
    expect(verdicts.length).toBeGreaterThan(0);
  });

  it("make a callback", async () => {
    const receiver = withToken();
    // #region example
    const sample = await sampleCallback("Group.CallbackAfterGroupDestroyed", {
      sdkAppId: 1400000001,
      token,
      fields: { GroupId: "@TGS#2J4SZEAEL" },
      form: "tencent", // without Muster's headers
    });
    const { status } = await receiver.handle(sample);
    // #endregion
    expect(status).toBe(200);
  });

  it("do to callbacks what a network may do", async () => {
    const inbox = createMemoryInbox();
    const receiver = withToken(inbox);
    const ids = Array.from({ length: 30 }, (_, i) => `msg_${i}`);
    const samples = await Promise.all(ids.map((id) => sampleCallback(CREATED, { sdkAppId, token, id })));
    // #region example
    const way = createFaultyWay(receiver.handle, { seed: 7, drop: 0.1, duplicate: 0.3, reorder: 0.3, within: 8 });
    for (const sample of samples) way.send(sample);
    const arrivals = await way.settled(); // what arrived, in order, with the answers; way.dropped tells what never did
    // #endregion
    expect(arrivals.length).toBeGreaterThan(inbox.kept().length);
    expect(inbox.kept()).toHaveLength(samples.length - way.dropped.length);
  });

  it("bring events to a sink of one's own", async () => {
    const config = recorderSection.parse({
      port: 0,
      store: await storeIn(temporaryFolder(), "recorder"),
      apps: [{ sdkAppId }],
      mirror: false,
    });
    const [clock, log] = [systemClock, createLog("recorder", "silent")];
    // #region example
    const terminal: Sink = {
      concurrency: 1,
      batchSize: 100,
      deliver: async (events) => {
        for (const { attributes } of events) console.log(attributes.time, attributes.type, attributes.subject);
      },
      close: async () => {},
    };
    const recorder = await startRecorder(config, { clock, log, sinks: [{ name: "own", sink: terminal }] });
    // #endregion
    onTestFinished(() => recorder.stop());
    const sinks: unknown = await (await fetch(`${recorder.url}/v1/sinks`)).json();
    expect(sinks).toMatchObject({ sinks: [{ name: "own", type: "own" }] });
  });
});
