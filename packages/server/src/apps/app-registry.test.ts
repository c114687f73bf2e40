import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createLog, StartError, type Clock } from "@muster/foundation";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { appsSection } from "../config.ts";
import type { OpenStore } from "../store/opened-store.ts";
import { openSqliteStore } from "../store/sqlite/open-store.ts";
import { openAppRegistry, type AppRegistry } from "./app-registry.ts";
import { openSealer, type SealerKeys } from "./open-sealer.ts";
import type { AppState } from "./registered-app.ts";

const NOW = 1_700_000_000_000;
const demo = { sdkAppId: 7, name: "demo", secretKey: "the key in the file", callback: { url: "http://a.example/" } };
const made = { sdkAppId: 8, secretKey: "the key of a made app" };

interface Opening {
  readonly file?: readonly Record<string, unknown>[];
  readonly clock?: Clock;
  readonly keys?: SealerKeys;
  /** Of another registry, to be shared with it. */
  readonly shared?: OpenStore;
}

interface Opened {
  readonly registry: AppRegistry;
  readonly store: OpenStore;
  readonly settled: readonly number[];
}

async function open(
  folder: string,
  { file = [demo], clock = createManualClock(NOW), keys = {}, shared }: Opening = {},
): Promise<Opened> {
  const opened = shared ?? openSqliteStore(join(folder, "server.db"));
  let closed: Promise<void> | undefined;
  const store = { ...opened, close: () => (closed ??= opened.close()) };
  onTestFinished(store.close);
  const settled: number[] = [];
  const isNew = (await store.appRecords.all()).length === 0;
  const registry = await openAppRegistry({
    file: appsSection.parse(file),
    records: store.appRecords,
    sealer: openSealer(keys, join(folder, "server.db.key"), isNew),
    clock,
    log: createLog("test", "silent"),
    settle: (sdkAppId) => {
      settled.push(sdkAppId);
      return Promise.resolve({ cancelled: 0 });
    },
  });
  return { registry, store, settled };
}

/** Opens, does something, and closes: what an earlier run of the server did. */
async function earlier(
  folder: string,
  act: (registry: AppRegistry) => Promise<unknown>,
  opening?: Opening,
): Promise<void> {
  const { registry, store } = await open(folder, opening);
  await act(registry);
  await store.close();
}

const plain = (settings: Record<string, unknown>): AppState => {
  const [parsed] = appsSection.parse([settings]);
  if (!parsed) throw new TypeError("no app");
  return { settings: parsed, previousSecretKeys: [], previousTokens: [] };
};

const set = (registry: AppRegistry, state: AppState | "deleted" | "as in the file", sdkAppId = 7): Promise<unknown> =>
  registry.change(sdkAppId, () => ({ next: state, result: (now) => now }));

describe("the registry", () => {
  it("has the file's apps, and those that are made", async () => {
    const { registry, settled } = await open(temporaryFolder());
    await set(registry, plain(made), 8);
    expect(registry.list().map(({ settings, source, changed }) => [settings.sdkAppId, source, changed])).toEqual([
      [7, "file", false],
      [8, "api", true],
    ]);
    expect(registry.get(8)?.secretKeys).toEqual([made.secretKey]);
    expect(settled).toEqual([8]);
  });

  it("has every change after a restart, over the file as it is then", async () => {
    const folder = temporaryFolder();
    await earlier(folder, async (registry) => {
      await set(registry, plain({ ...demo, name: "changed", callback: undefined }));
      await set(registry, plain(made), 8);
    });
    const { registry } = await open(folder, { file: [{ ...demo, administrators: ["leckie"] }] });
    expect(registry.get(7)).toMatchObject({
      name: "changed",
      callback: undefined,
      secretKeys: ["the key in the file"],
      administrators: new Set(["leckie"]),
    });
    expect(registry.find(8)).toMatchObject({ source: "api", settings: made });
  });

  it("opens with a URL to which the file allows nothing to be sent any more", async () => {
    const folder = temporaryFolder();
    const callback = { url: "http://10.0.0.1/", allowPrivateNetwork: true };
    const file = [{ ...demo, callback }];
    const changed = plain({ ...demo, callback: { ...callback, url: "http://10.0.0.2/" } });
    await earlier(folder, (registry) => set(registry, changed), { file });
    const { registry } = await open(folder, { file: [{ ...demo, callback: { url: "http://localhost/" } }] });
    expect(registry.get(7)?.callback).toMatchObject({ url: "http://10.0.0.2/", allowPrivateNetwork: false });
  });

  it("keeps a deleted app of the file deleted, until it is to be as in the file", async () => {
    const folder = temporaryFolder();
    await earlier(folder, (registry) => set(registry, "deleted"));
    await earlier(folder, async (registry) => {
      expect([...registry.all()]).toEqual([]);
      await set(registry, "as in the file");
      expect(registry.find(7)).toMatchObject({ changed: false });
    });
    const { registry } = await open(folder);
    expect(registry.get(7)?.name).toBe("demo");
  });

  it("takes over what another one changes that shares its store", async () => {
    const folder = temporaryFolder();
    const { registry, store } = await open(folder);
    const { registry: other, settled } = await open(folder, { shared: store });
    await set(registry, plain({ ...demo, name: "changed" }));
    await set(registry, plain(made), 8);
    expect([other.get(7)?.name, other.get(8)]).toEqual(["demo", undefined]);
    await other.refresh();
    expect([other.get(7)?.name, other.get(8)?.secretKeys]).toEqual(["changed", [made.secretKey]]);
    await set(registry, "as in the file");
    await set(registry, "deleted", 8);
    await other.refresh();
    expect([other.get(7)?.name, other.get(8)]).toEqual(["demo", undefined]);
    await other.refresh();
    expect(settled).toEqual([7, 8, 7, 8]);
  });

  it("keeps nothing of what is as in the file, and of a made app that is deleted", async () => {
    const { registry, store } = await open(temporaryFolder());
    await set(registry, plain({ ...demo, name: "changed" }));
    await set(registry, plain(made), 8);
    expect(await store.appRecords.all()).toHaveLength(2);
    await set(registry, plain(demo));
    await set(registry, "deleted", 8);
    expect(await store.appRecords.all()).toEqual([]);
  });

  it("makes changes one after another, each of what the one before left", async () => {
    const { registry } = await open(temporaryFolder());
    const appended = ["a", "b", "c"].map((letter) =>
      registry.change(7, (current) => ({
        next: plain({ ...demo, name: `${current?.settings.name ?? ""}${letter}` }),
        result: (now) => now?.settings.name,
      })),
    );
    expect(await Promise.all(appended)).toEqual(["demoa", "demoab", "demoabc"]);
  });

  it("loses no change to another node that makes one at the same time", async () => {
    const folder = temporaryFolder();
    const { registry: one, store } = await open(folder);
    const { registry: other } = await open(folder, { shared: store });
    const append = (registry: AppRegistry, letter: string) =>
      registry.change(7, (current) => ({
        next: plain({ ...demo, name: `${current?.settings.name ?? ""}${letter}` }),
        result: () => undefined,
      }));
    await Promise.all([append(one, "a"), append(other, "b"), append(one, "c"), append(other, "d")]);
    await one.refresh();
    expect(one.get(7)?.name.split("").toSorted().join("")).toBe("abcddemo");
  });

  it("stays as it is where a change is refused, and goes on", async () => {
    const { registry } = await open(temporaryFolder());
    const refused = registry.change(7, () => {
      throw new RangeError("no");
    });
    await expect(refused).rejects.toThrow(RangeError);
    expect(registry.get(7)?.name).toBe("demo");
    await set(registry, plain({ ...demo, name: "changed" }));
    expect(registry.get(7)?.name).toBe("changed");
  });

  it("lets secrets that were replaced count until their time is over, to the millisecond", async () => {
    const clock = createManualClock(NOW);
    const { registry } = await open(temporaryFolder(), { clock });
    await set(registry, {
      ...plain(demo),
      previousSecretKeys: [{ value: "old key", until: NOW + 100 }],
      previousTokens: [{ value: "old token", until: NOW + 200 }],
    });
    const counting = () => [registry.get(7)?.secretKeys, registry.get(7)?.callback?.previousTokens];
    expect(counting()).toEqual([["the key in the file", "old key"], ["old token"]]);
    clock.advance(99);
    expect(counting()).toEqual([["the key in the file", "old key"], ["old token"]]);
    clock.advance(1);
    expect(counting()).toEqual([["the key in the file"], ["old token"]]);
    clock.advance(100);
    expect(counting()).toEqual([["the key in the file"], []]);
  });
});

describe("changes that are kept", () => {
  it("show no secret in the store's files, and their key is its owner's alone", async () => {
    const folder = temporaryFolder();
    const { registry } = await open(folder);
    await set(registry, plain(made), 8);
    for (const file of ["server.db", "server.db-wal"]) {
      expect(readFileSync(join(folder, file)).includes(made.secretKey)).toBe(false);
    }
    expect(statSync(join(folder, "server.db.key")).mode & 0o777).toBe(0o600);
  });

  it.each<[string, Opening, (folder: string) => void]>([
    [
      "another key is configured",
      { keys: { encryptionKey: "x".repeat(32) } },
      (folder) => rmSync(join(folder, "server.db.key")),
    ],
    ["the key file is gone", {}, (folder) => rmSync(join(folder, "server.db.key"))],
    ["the key file is another", {}, (folder) => writeFileSync(join(folder, "server.db.key"), "0".repeat(64))],
    ["the key file holds no key", {}, (folder) => writeFileSync(join(folder, "server.db.key"), "")],
  ])("keep a server from starting where %s", async (_what, opening, spoil) => {
    const folder = temporaryFolder();
    await earlier(folder, (registry) => set(registry, plain(made), 8));
    spoil(folder);
    const error = await open(folder, opening).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({
      code: "KEY_UNUSABLE",
      message: expect.stringMatching(/put .*back|put the right one/),
    });
  });

  it("go over to a key that is configured, from the key file and from the previous key", async () => {
    const folder = temporaryFolder();
    const [first, second] = ["1", "2"].map((digit) => digit.repeat(32));
    await earlier(folder, (registry) => set(registry, plain(made), 8));
    await earlier(folder, () => Promise.resolve(), { keys: { encryptionKey: first } });
    rmSync(join(folder, "server.db.key"));
    await earlier(folder, () => Promise.resolve(), { keys: { encryptionKey: second, previousEncryptionKey: first } });
    const { registry } = await open(folder, { keys: { encryptionKey: second } });
    expect(registry.get(8)?.secretKeys).toEqual([made.secretKey]);
  });

  it("keep a server from starting where they do not fit the file any more, and say what to do", async () => {
    const folder = temporaryFolder();
    const switches = ["Group.CallbackAfterGroupFull"];
    await earlier(folder, (registry) => set(registry, plain({ ...demo, callback: { ...demo.callback, switches } })));
    await expect(open(folder, { file: [{ ...demo, callback: undefined }] })).rejects.toMatchObject({
      code: "SETTINGS_UNUSABLE",
      message: expect.stringContaining("callback.url is missing"),
    });
  });

  it("do nothing to an app that the file has no more, and count again when it is back", async () => {
    const folder = temporaryFolder();
    await earlier(folder, (registry) => set(registry, plain({ ...demo, name: "changed" })));
    await earlier(folder, async (registry) => expect(registry.get(7)).toBeUndefined(), { file: [{ ...made }] });
    const { registry } = await open(folder);
    expect(registry.get(7)?.name).toBe("changed");
  });
});
