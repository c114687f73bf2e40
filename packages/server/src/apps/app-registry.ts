import { isDeepStrictEqual } from "node:util";

import { StartError, type Clock, type Logger } from "@muster/foundation";

import type { App, Apps } from "../app-settings.ts";
import type { AppSettings } from "../config.ts";
import type { AppMove, AppRecord, AppRecords } from "../ports/app-records.ts";
import { applyChanges, changesOf, type AppChanges } from "./app-changes.ts";
import { appAt, type AppState, type RegisteredApp } from "./registered-app.ts";
import { DamagedError, UnknownKeyError, type Sealer } from "./sealer.ts";

/** What an app is to become. */
export type NextState = AppState | "deleted" | "as in the file";

/** The apps of the configuration file and those made while the server runs, with all that was changed since. */
export interface AppRegistry extends Apps {
  find(sdkAppId: number): RegisteredApp | undefined;
  /** In the order of their ids. */
  list(): RegisteredApp[];
  /** Whether the configuration file has the app. */
  isInFile(sdkAppId: number): boolean;
  /** Whether the app is between stores and not served here: what it has pending is left as it is. */
  isMoving(sdkAppId: number): boolean;
  /**
   * Changes an app: on disk first, then in effect. One change after another, on all nodes: what `decide` is told holds
   * until what it decides does; where another node was faster, it decides anew. What it throws changes nothing, and rejects.
   */
  change<T>(sdkAppId: number, decide: (current: RegisteredApp | undefined) => Change<T>): Promise<T>;
  /** Takes over what others who share the store have changed. */
  refresh(): Promise<void>;
  /**
   * Takes over the certificates of the configuration file's apps as they are there now, and nothing else of it. What
   * was changed by the admin API stays.
   */
  renew(settings: readonly AppSettings[]): Promise<void>;
}

export interface Change<T> {
  readonly next: NextState;
  /** Makes the result, once the change is in effect. */
  readonly result: (now: RegisteredApp | undefined, effects: ChangeEffects) => T;
}

/** What came of a change beside itself. */
export interface ChangeEffects {
  /** Pending callbacks that were cancelled. */
  readonly cancelled: number;
}

export interface RegistryPorts {
  readonly file: readonly AppSettings[];
  readonly records: AppRecords;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Brings everything else in line with an app that has changed from what it was before. */
  readonly settle: (sdkAppId: number, app: App | undefined, before: App | undefined) => Promise<ChangeEffects>;
  /** A change is on disk. */
  readonly onKept?: () => void;
  /** An app leaves for another store: from now on nothing is done for it here. */
  readonly onClosed?: (sdkAppId: number) => void;
}

interface Entry {
  readonly registered: RegisteredApp;
  readonly app: App;
  /** ms since 1970: from then on the app has fewer secrets. */
  readonly until: number;
}

/**
 * Opens the registry: the file's apps, and over them what is kept of changes.
 * @throws {StartError} `KEY_UNUSABLE`, `SETTINGS_UNUSABLE`
 */
export async function openAppRegistry(ports: RegistryPorts): Promise<AppRegistry> {
  const { records, sealer, clock, log, onKept, onClosed } = ports;
  const file = new Map(ports.file.map((settings) => [settings.sdkAppId, settings]));
  const entries = new Map<number, Entry>();
  /** What was kept of each app's changes when they were taken over, as it was encrypted. */
  const known = new Map<number, string>();
  let moves: ReadonlyMap<number, AppMove> = await records.moves();
  let turn: Promise<unknown> = Promise.resolve();

  for (const settings of file.values()) register(settings.sdkAppId, asInFile(settings));
  for (const record of await records.all()) await restore(record);

  function register(sdkAppId: number, registered: RegisteredApp | undefined): void {
    if (registered) entries.set(sdkAppId, { registered, ...appAt(registered, clock.now()) });
    else entries.delete(sdkAppId);
  }

  async function restore(record: AppRecord): Promise<void> {
    const { sdkAppId, base } = record;
    const settings = file.get(sdkAppId);
    known.set(sdkAppId, record.sealed);
    if (base === "file" && !settings) {
      log.warn({ sdkAppId }, "changes are kept of an app that the configuration file has no more: they do nothing");
      return;
    }
    const changes = openRecord(record, sealer);
    register(sdkAppId, applyChanges(record, settings, changes));
    if (!sealer.isCurrent(record.sealed)) await keep(sdkAppId, base, changes);
  }

  /** Whether what is kept was still what is known of it. */
  async function keep(sdkAppId: number, base: AppRecord["base"], changes: AppChanges): Promise<boolean> {
    const sealed = sealer.seal(sdkAppId, JSON.stringify(changes));
    if (!(await records.put({ sdkAppId, base, sealed }, known.get(sdkAppId)))) return false;
    known.set(sdkAppId, sealed);
    return true;
  }

  async function forget(sdkAppId: number): Promise<boolean> {
    const before = known.get(sdkAppId);
    if (before !== undefined && !(await records.remove(sdkAppId, before))) return false;
    known.delete(sdkAppId);
    return true;
  }

  /** Nothing is done for an app of which a part is elsewhere. */
  async function settle(sdkAppId: number, before: App | undefined): Promise<ChangeEffects> {
    return isMoving(sdkAppId) ? { cancelled: 0 } : await ports.settle(sdkAppId, entries.get(sdkAppId)?.app, before);
  }

  function isMoving(sdkAppId: number): boolean {
    const move = moves.get(sdkAppId);
    return move !== undefined && !(move === "there" && entries.has(sdkAppId));
  }

  /** Apps of which all is there by now are served where they are entered, and those that leave no more. */
  async function follow(): Promise<void> {
    const before = moves;
    moves = await records.moves();
    for (const [sdkAppId, move] of moves) {
      if (move === "leaving" && before.get(sdkAppId) !== move) close(sdkAppId);
      if (!entries.has(sdkAppId) || isMoving(sdkAppId)) continue;
      await settle(sdkAppId, undefined);
      await records.settled(sdkAppId);
    }
    for (const [sdkAppId, move] of before) if (move === "leaving" && !moves.has(sdkAppId)) await open(sdkAppId);
  }

  function close(sdkAppId: number): void {
    log.info({ sdkAppId }, "an app is closed: it moves to another store");
    onClosed?.(sdkAppId);
  }

  async function open(sdkAppId: number): Promise<void> {
    log.info({ sdkAppId }, "an app is served again: it does not move to another store");
    await settle(sdkAppId, entries.get(sdkAppId)?.app);
  }

  async function takeOver(): Promise<void> {
    await follow();
    const kept = new Map((await records.all()).map((record) => [record.sdkAppId, record]));
    for (const sdkAppId of new Set([...known.keys(), ...kept.keys()])) {
      const record = kept.get(sdkAppId);
      if (record?.sealed === known.get(sdkAppId)) continue;
      const before = current(sdkAppId)?.app;
      if (record) await restore(record);
      else {
        const settings = file.get(sdkAppId);
        register(sdkAppId, settings && asInFile(settings));
        known.delete(sdkAppId);
      }
      await settle(sdkAppId, before);
    }
  }

  async function takeCertificates(renewed: readonly AppSettings[]): Promise<void> {
    for (const { sdkAppId, callback } of renewed) {
      const settings = file.get(sdkAppId);
      const tls = callback?.tls;
      if (!settings?.callback || isDeepStrictEqual(settings.callback.tls, tls)) continue;
      const before = current(sdkAppId)?.app;
      const now = { ...settings, callback: { ...settings.callback, tls } };
      file.set(sdkAppId, now);
      const record = (await records.all()).find((one) => one.sdkAppId === sdkAppId);
      if (record) await restore(record);
      else register(sdkAppId, asInFile(now));
      await settle(sdkAppId, before);
      log.info({ sdkAppId }, "renewed certificates are used");
    }
  }

  /** One after another, whatever becomes of those before. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  }

  function current(sdkAppId: number): Entry | undefined {
    const entry = moves.get(sdkAppId) === "coming" ? undefined : entries.get(sdkAppId);
    if (!entry || clock.now() < entry.until) return entry;
    register(sdkAppId, entry.registered);
    return entries.get(sdkAppId);
  }

  async function carryOut<T>(sdkAppId: number, decide: (current: RegisteredApp | undefined) => Change<T>): Promise<T> {
    // As it is in the store: another node may have changed it just now.
    await takeOver();
    const before = current(sdkAppId);
    const { next, result } = decide(before?.registered);
    const settings = file.get(sdkAppId);
    const state = stateOf(next, settings);
    const changes = changesOf(settings, state);
    const isKept = await (changes ? keep(sdkAppId, settings ? "file" : "none", changes) : forget(sdkAppId));
    if (!isKept) return await carryOut(sdkAppId, decide);
    onKept?.();
    const registered =
      state && ({ ...state, source: settings ? "file" : "api", changed: changes !== undefined } as const);
    register(sdkAppId, registered);
    const effects = await settle(sdkAppId, before?.app);
    return result(registered, effects);
  }

  return {
    get: (sdkAppId) => current(sdkAppId)?.app,
    *all() {
      for (const sdkAppId of entries.keys()) {
        const entry = current(sdkAppId);
        if (entry) yield entry.app;
      }
    },
    find: (sdkAppId) => current(sdkAppId)?.registered,
    list: () =>
      [...entries.values()]
        .map(({ registered }) => registered)
        .toSorted((a, b) => a.settings.sdkAppId - b.settings.sdkAppId),
    isInFile: (sdkAppId) => file.has(sdkAppId),
    isMoving,
    isClosed: (sdkAppId) => moves.get(sdkAppId) === "leaving",
    change: (sdkAppId, decide) => inTurn(() => carryOut(sdkAppId, decide)),
    refresh: () => inTurn(takeOver),
    renew: (settings) => inTurn(() => takeCertificates(settings)),
  };
}

function asInFile(settings: AppSettings): RegisteredApp {
  return { settings, previousSecretKeys: [], previousTokens: [], source: "file", changed: false };
}

function stateOf(next: NextState, file: AppSettings | undefined): AppState | undefined {
  if (next === "deleted") return undefined;
  return next === "as in the file" ? file && asInFile(file) : next;
}

function openRecord({ sdkAppId, sealed }: AppRecord, sealer: Sealer): AppChanges {
  try {
    return JSON.parse(sealer.open(sdkAppId, sealed)) as AppChanges;
  } catch (error) {
    if (error instanceof UnknownKeyError) {
      throw new StartError(
        "KEY_UNUSABLE",
        "The store holds settings of apps that were encrypted with another key: set server.encryptionKey to that " +
          "key (or server.previousEncryptionKey, to have them encrypted anew), or put the key file back beside the store.",
        error,
      );
    }
    if (!(error instanceof DamagedError)) throw error;
    throw new StartError(
      "SETTINGS_UNUSABLE",
      `The settings of the app ${sdkAppId} in the store were changed by something else: restore the store's backup.`,
      error,
    );
  }
}
