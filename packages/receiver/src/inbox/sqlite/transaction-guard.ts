import { endsTransaction } from "../ends-transaction.ts";
import type { SqliteConnection, SqliteStatement } from "./sqlite-connection.ts";

/**
 * A connection that can be used until a transaction is over. A handler that goes on after its time would otherwise
 * write into the next one's transaction, or into none.
 */
export function guardTransaction(connection: SqliteConnection): { readonly tx: SqliteConnection; end(): void } {
  let over = false;
  function check(sql = ""): void {
    if (endsTransaction(sql)) throw new Error("The transaction is the receiver's to begin and to end.");
    if (over) throw new Error("The transaction is over: the handler took too long, or did not await what it began.");
  }

  function guarded(statement: SqliteStatement): SqliteStatement {
    return {
      run(...parameters) {
        check();
        return statement.run(...parameters);
      },
      get(...parameters) {
        check();
        return statement.get(...parameters);
      },
      all(...parameters) {
        check();
        return statement.all(...parameters);
      },
    };
  }

  return {
    tx: {
      exec(sql) {
        check(sql);
        return connection.exec(sql);
      },
      prepare(sql) {
        check(sql);
        return guarded(connection.prepare(sql));
      },
    },
    end() {
      over = true;
    },
  };
}
