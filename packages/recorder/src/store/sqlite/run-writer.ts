import type { MessagePort } from "node:worker_threads";

import { createGroupCommit, openSqlite, StartError } from "@muster/foundation/sqlite";
import type { Kept } from "@muster/receiver";

import { EVENT_COLUMNS } from "./event-values.ts";
import { createEventWriter } from "./event-writer.ts";
import { APPLICATION_ID, migrations } from "./schema.ts";
import { createStoreChange } from "./store-change.ts";
import type { FromWriter, Together, ToWriter } from "./writer-messages.ts";

/** Writes into the file at a path whatever it is told, until it is told to stop. */
export function runWriter(path: string, port: MessagePort): void {
  const tell = (message: FromWriter): void => port.postMessage(message);
  try {
    writeInto(path, port, tell);
    tell({ kind: "ready" });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    tell({ kind: "unusable", message: error.message });
    port.close();
  }
}

function writeInto(path: string, port: MessagePort, tell: (message: FromWriter) => void): void {
  const file = openSqlite(path, APPLICATION_ID, migrations);
  const commits = createGroupCommit(file.writer);
  const write = createEventWriter(file.writer);
  const change = createStoreChange(file.writer);

  async function keep(together: Together): Promise<readonly (Kept | Error)[]> {
    const works = worksOf(together, write);
    try {
      return await commits.write(() => works.map((work) => work()));
    } catch (error) {
      if (works.length === 1) return [asError(error)];
      // One that cannot be written does not take the others with it.
      return await Promise.all(works.map((work) => commits.write(work).catch(asError)));
    }
  }

  async function stop(): Promise<void> {
    await commits.close();
    file.close();
    port.close();
  }

  port.on("message", (message: ToWriter) => {
    switch (message.kind) {
      case "keep":
        void keep(message.together).then((results) => tell({ kind: "kept", results }));
        break;
      case "change": {
        const changed = commits.write(() => change(message.change)).catch(asError);
        void changed.then((result) => tell({ kind: "changed", id: message.id, result }));
        break;
      }
      case "stop":
        void stop();
    }
  });
}

function worksOf({ values, lengths, bodies }: Together, write: ReturnType<typeof createEventWriter>): (() => Kept)[] {
  const width = EVENT_COLUMNS.length;
  let end = 0;
  return lengths.map((length, i) => {
    const body = bodies.subarray(end, (end += length));
    return () => write(values.slice(i * width, (i + 1) * width), body);
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
