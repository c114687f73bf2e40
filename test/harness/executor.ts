import type { App } from "../../packages/server/src/app-settings.ts";
import type { Command } from "../../packages/server/src/commands/command.ts";
import { createTracing } from "../../packages/server/src/open-telemetry.ts";
import { createExecutor, type Result } from "../../packages/server/src/commands/execute.ts";
import type { Caller } from "../../packages/server/src/context.ts";
import { callbackFor } from "../../packages/server/src/dispatch/callback-for.ts";
import type { GroupEvent } from "../../packages/server/src/group/group-events.ts";
import { createOwnPresence } from "../../packages/server/src/realtime/device-presence.ts";
import { createSessions } from "../../packages/server/src/realtime/sessions.ts";
import type { GroupReads, GroupWrites } from "../../packages/server/src/ports/store.ts";
import type { OpenStore } from "../../packages/server/src/store/opened-store.ts";
import { demoApp, demoCallback } from "./demo-app.ts";
import { createManualClock } from "./manual-clock.ts";
import { openServerStore } from "./open-server-store.ts";

const SDK_APP_ID = demoApp.sdkAppId;
export const NOW = 1_700_000_000_123;

/** The users that are known to the app from the start. */
const users = ["administrator", "leckie", "peter", "bob"] as const;

/** Commands against a real store, with everything around them that decides what comes of them. */
export interface ExecutorUnderTest {
  /** Runs a command as an administrator through REST, unless something else is said. */
  execute<I, R>(command: Command<I, R>, input: I, as?: Partial<Caller>, app?: Partial<App>): Promise<Result<R>>;
  /** As an app user does. */
  executeAs<I, R>(userId: string, command: Command<I, R>, input: I, app?: Partial<App>): Promise<Result<R>>;
  /** Changes the store past all rules. */
  arrange(work: (tx: GroupWrites) => Promise<void>): Promise<void>;
  /** What app users were told of, in order. */
  readonly told: readonly GroupEvent[];
  /** The callbacks of a lane, as they will be sent. */
  callbacks(lane: string): Promise<Record<string, unknown>[]>;
  /** All that is stored, to be compared. */
  everything(): Promise<unknown>;
  readonly reads: GroupReads;
}

/** @param opened a file of its own where it is absent */
export async function openExecutor(opened?: Pick<OpenStore, "store" | "outbox">): Promise<ExecutorUnderTest> {
  const { store, outbox } = opened ?? (await openServerStore());
  const usualApp: App = { ...demoApp, callback: demoCallback("http://127.0.0.1/") };
  const told: GroupEvent[] = [];
  let serial = 0;
  // The executor asks for the app again inside the transaction: it is whichever the command is run in.
  let asked = usualApp;
  const executor = createExecutor({
    apps: { get: () => asked, all: () => [asked], isClosed: () => false },
    store,
    presence: createOwnPresence(createSessions(createManualClock(NOW))),
    ids: { serial: () => `SERIAL${(serial += 1)}`, callbackId: () => `callback-${(serial += 1)}` },
    now: () => NOW,
    before: { isAsked: () => false, ask: () => Promise.reject(new Error("nobody is asked")) },
    tracing: createTracing(),
    callbackFor,
    tell: async (_tx, _context, event) => {
      told.push(event);
    },
  });
  const administrator: Caller = {
    userId: "administrator",
    isAdministrator: true,
    clientIp: "192.0.2.7",
    platform: "RESTAPI",
  };
  const reads = store.read(SDK_APP_ID);
  await store.write(SDK_APP_ID, async (tx) => {
    for (const userId of users) await tx.putAccount({ userId, nick: "", faceUrl: "" });
  });

  return {
    execute(command, input, as = {}, app = {}) {
      asked = { ...usualApp, ...app };
      return executor.execute(asked, { ...administrator, ...as }, command, input);
    },
    executeAs(userId, command, input, app = {}) {
      asked = { ...usualApp, ...app };
      const user = { userId, isAdministrator: false, clientIp: "192.0.2.9", platform: "iOS" } as const;
      return executor.execute(asked, user, command, input);
    },
    arrange: (work) => store.write(SDK_APP_ID, work),
    told,
    async callbacks(lane) {
      const pending = await outbox.pending(SDK_APP_ID, lane, 0, 1_000);
      return pending.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    },
    async everything() {
      const { groupIds } = await reads.groupPage({ after: 0, limit: 10_000 });
      const groups = [];
      for (const groupId of groupIds) {
        groups.push([await reads.group(groupId), await reads.members(groupId), await reads.topics(groupId)]);
      }
      return { groups, ledger: await outbox.ledger(), missing: await reads.missingAccounts([...users, "nobody"]) };
    },
    reads,
  };
}
