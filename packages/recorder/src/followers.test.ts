import { join } from "node:path";

import { createFigures, createLog, systemClock } from "@muster/foundation";
import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../test/harness/folder.ts";
import { recorderSection } from "./config.ts";
import { startFollowers } from "./followers.ts";
import { sampleEvent } from "./sinks/sink.contract.ts";
import type { Sink } from "./sinks/sink.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";

it("leaves a sink of one's own open while another node leads, and closes it at the end", async () => {
  const store = openSqliteStore(join(temporaryFolder(), "recorder.db"));
  onTestFinished(() => store.close());
  let begin: () => Promise<() => Promise<void>> = () => Promise.reject(new Error("Nobody leads yet."));
  let end = async (): Promise<void> => {};
  const leadership = {
    async lead(beginning: typeof begin) {
      begin = beginning;
      end = await begin();
    },
    stop: () => end(),
  };
  const happened: string[] = [];
  /** With its methods where classes have them. */
  class OwnSink implements Sink {
    readonly concurrency = 1;
    readonly batchSize = 1;
    async deliver(events: Parameters<Sink["deliver"]>[0]): Promise<void> {
      for (const { position } of events) happened.push(`took ${position}`);
    }
    async close(): Promise<void> {
      happened.push("closed");
    }
  }
  const followers = await startFollowers({
    store: { ...store, leadership },
    config: recorderSection.parse({ apps: [{ sdkAppId: 1400000001 }], mirror: false }),
    own: [{ name: "own", sink: new OwnSink() }],
    rebuildMirror: false,
    replica: undefined,
    random: () => 0.5,
    figures: createFigures(),
    clock: systemClock,
    log: createLog("recorder", "silent"),
  });
  await store.journal.keep(sampleEvent(1));
  await expect.poll(() => happened).toEqual(["took 1"]);
  await end();
  await store.journal.keep(sampleEvent(2));
  end = await begin();
  await expect.poll(() => happened).toEqual(["took 1", "took 2"]);
  await followers.stop();
  expect(happened).toEqual(["took 1", "took 2", "closed"]);
});
