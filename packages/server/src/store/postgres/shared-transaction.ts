import type { PostgresStatement, PostgresTransaction, PostgresValue } from "@muster/foundation";

import { isForMany, sharedOut, type AnyRow, type StatementForMany, type Values } from "./for-many.ts";
import { claimOf, mergeCalls, type CallForMany } from "./merge-calls.ts";

/** The work has to be a transaction of its own. */
export class Alone extends Error {
  constructor() {
    super("cannot share a transaction");
  }
}

/** A transaction that several pieces of work share. */
export interface SharedTransaction {
  /**
   * The transaction as one of them sees it. What it asks for is asked together with what the others do; what it writes is
   * kept. It fails with `Alone` where it does what cannot be done together, reads once it has written, or touches what
   * another one has touched.
   */
  join(): Participant;
  /** Writes what the participants have kept. Whoever is left out has written nothing. */
  write(participants: readonly Participant[]): void;
}

export interface Participant {
  readonly tx: PostgresTransaction;
  readonly kept: readonly Kept[];
}

interface Kept extends CallForMany {
  readonly onRows?: (rows: readonly AnyRow[]) => void;
}

interface Asked extends CallForMany {
  readonly by: Participant;
  resolve(rows: readonly AnyRow[]): void;
  reject(error: unknown): void;
}

export function shareTransaction(tx: PostgresTransaction): SharedTransaction {
  const claimed = new Map<unknown, Participant>();
  let waiting: Asked[] = [];

  function callOf(by: Participant, asked: PostgresStatement, values: Values): CallForMany {
    if (!isForMany(asked)) throw new Alone();
    const call = { statement: asked, values };
    for (const name of claimOf(call)) {
      const holder = claimed.get(name) ?? by;
      if (holder !== by) throw new Alone();
      claimed.set(name, by);
    }
    return call;
  }

  /** What all ask for at this moment. */
  function askAll(): void {
    const asked = Map.groupBy(waiting, ({ by }) => by);
    waiting = [];
    for (const { many, calls } of mergeCalls([...asked.values()])) void answer(many, calls);
  }

  async function answer(many: StatementForMany["many"], calls: readonly Asked[]): Promise<void> {
    try {
      const all = calls.map(({ values }) => values);
      const values = many.values(all);
      const rows = values ? await tx.all<AnyRow>(many.statement, ...values) : [];
      for (const [i, own] of sharedOut(many, all, rows).entries()) {
        const isForOneAlone = own.length > (many.most ?? Infinity) || own.some((row) => many.isForOneAlone?.(row));
        if (isForOneAlone) calls[i]?.reject(new Alone());
        else calls[i]?.resolve(own);
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }

  return {
    join() {
      const kept: Kept[] = [];
      const participant: Participant = {
        kept,
        tx: {
          async all<Row>(asked: PostgresStatement, ...values: readonly PostgresValue[]) {
            if (kept.length > 0) throw new Alone();
            const call = callOf(participant, asked, values);
            return await new Promise<Row[]>((resolve, reject) => {
              if (waiting.length === 0) process.nextTick(askAll);
              waiting.push({ ...call, by: participant, resolve: (rows) => resolve(rows as Row[]), reject });
            });
          },
          push(pushed, ...values) {
            kept.push(callOf(participant, pushed, values));
          },
          pushFor<Row>(
            onRows: (rows: readonly Row[]) => void,
            pushed: PostgresStatement,
            ...values: readonly PostgresValue[]
          ) {
            kept.push({
              ...callOf(participant, pushed, values),
              onRows: (rows) => onRows(rows as readonly Row[]),
            });
          },
        },
      };
      return participant;
    },
    write(participants) {
      for (const { many, calls } of mergeCalls(participants.map(({ kept }) => kept))) {
        const all = calls.map(({ values }) => values);
        const values = many.values(all);
        if (!values) continue;
        tx.pushFor<AnyRow>(
          (rows) => {
            for (const [i, own] of sharedOut(many, all, rows).entries()) calls[i]?.onRows?.(own);
          },
          many.statement,
          ...values,
        );
      }
    },
  };
}
