import type { MessagePort } from "node:worker_threads";

import { createGroupCommit, LostCommitError, openSecondWriter, StartError } from "@muster/foundation/sqlite";

import type { FromSettler, ToSettler } from "./settle-messages.ts";
import type { SettledRow } from "./settled-row.ts";
import { createWriteSettled } from "./write-settled.ts";

/** Writes results into the file at a path, until it is told to end. */
export function runSettler(path: string, port: MessagePort): void {
  const db = openSecondWriter(path);
  const commits = createGroupCommit(db);
  const write = createWriteSettled(db);
  const tell = (message: FromSettler): void => port.postMessage(message);

  async function settle({ rows, now }: Exclude<ToSettler, "end">): Promise<FromSettler> {
    try {
      await commits.write(() => write(JSON.parse(rows) as SettledRow[], now));
      return { kind: "settled" };
    } catch (error) {
      const kind = error instanceof StartError ? "unusable" : error instanceof LostCommitError ? "lost" : "failed";
      return { kind, message: error instanceof Error ? error.message : String(error) };
    }
  }

  port.on("message", (message: ToSettler) => {
    if (message !== "end") {
      void settle(message).then(tell);
      return;
    }
    db.close();
    port.close();
  });
  tell({ kind: "ready" });
}
