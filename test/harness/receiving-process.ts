import { createServer } from "node:http";
import { flushCompileCache } from "node:module";
import { DatabaseSync } from "node:sqlite";

import { createReceiver, type Handler, type AfterCommand, type WorkInbox } from "@muster/receiver";
import { nodeHandler } from "@muster/receiver/node-http";
import { createPostgresInbox } from "@muster/receiver/postgres";
import { createSqliteInbox } from "@muster/receiver/sqlite";
import { Pool } from "pg";

/**
 * An app backend of its own, to be killed: `receiving-process.ts sqlite PATH` or `… postgres URL`. Its handler adds a
 * row per callback to the table `handled`, and fails at times after it has. It prints its address, and each gap.
 */
const SDK_APP_ID = 1400000001;
/** The first attempt fails at the numbers that can be divided by this. */
const FAILS_AT = 17;

function start<Tx>(inbox: WorkInbox<Tx>, insert: (tx: Tx, groupId: string, number: number) => void | Promise<void>) {
  const handler: Handler<AfterCommand, Tx> = async ({ groupId = "", wire }, { tx, attempt }) => {
    const number = Number(wire["Name"]);
    await insert(tx, groupId, number);
    if (attempt === 1 && number % FAILS_AT === 0) throw new Error("after it has written");
  };
  const receiver = createReceiver({
    apps: [{ sdkAppId: SDK_APP_ID }],
    inbox,
    retries: { firstDelay: 20 },
    // A machine that does much else may take long to start it again; nothing is missing here for good.
    gapWait: 600_000,
    onGap: (gap) => console.log(JSON.stringify({ event: "gap", ...gap })),
    onDead: ({ error }) => console.log(JSON.stringify({ event: "dead", error: String(error) })),
  }).fallback(handler);

  const server = createServer(nodeHandler(receiver));
  void receiver.start().then(() => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      console.log(JSON.stringify({ event: "listening", url: `http://127.0.0.1:${port}` }));
      // Node.js keeps what it has compiled when a process ends by itself, which this one never does.
      flushCompileCache();
    });
  });
}

const [kind, where = ""] = process.argv.slice(2);
if (kind === "sqlite") {
  start(createSqliteInbox(new DatabaseSync(where)), (tx, groupId, number) => {
    tx.prepare("INSERT INTO handled (group_id, number) VALUES (?, ?)").run(groupId, number);
  });
} else {
  start(createPostgresInbox(new Pool({ connectionString: where, max: 10 })), async (tx, groupId, number) => {
    await tx.query("INSERT INTO handled (group_id, number) VALUES ($1, $2)", [groupId, number]);
  });
}
