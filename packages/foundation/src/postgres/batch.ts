import type { Client, Connection, FieldDef, Query as DriverQuery } from "pg";

import { toWire, type PostgresStatement, type PostgresValue } from "./statement.ts";

/** A statement with its parameters. */
export interface Call {
  readonly statement: PostgresStatement;
  readonly values: readonly PostgresValue[];
}

/** What became of one statement. */
export interface Answer {
  readonly rows: readonly unknown[];
  /** What PostgreSQL says that it did, e.g. `COMMIT` or `INSERT 0 1`. */
  readonly command: string;
}

/**
 * Sends statements together; they are answered together, in their order. The first that fails is the last that was run,
 * and its error the whole batch's. Each way to the server and back costs both sides more than a small statement does.
 */
export type RunBatch = (client: Client, calls: readonly Call[]) => Promise<Answer[]>;

/** What makes a value out of the text that it is sent as, by the number of its type. */
export type ParserOf = (type: number) => (value: string) => unknown;

/** What a connection has prepared: by the statement's name its columns, `undefined` where it gives no rows. */
interface Prepared {
  readonly columns: Map<string, readonly Column[] | undefined>;
  /** Those that are being prepared, in the order in which the server says so. */
  readonly preparing: string[];
  readonly done: Set<string>;
}

interface Column {
  readonly name: string;
  readonly parse: (value: string) => unknown;
}

/** @param driver what is loaded only where a store is a database */
export function createBatches({ Query }: { readonly Query: typeof DriverQuery }, parserOf: ParserOf): RunBatch {
  const connections = new WeakMap<Connection, Prepared>();

  function preparedOn(connection: Connection): Prepared {
    const known = connections.get(connection);
    if (known) return known;
    const prepared: Prepared = { columns: new Map(), preparing: [], done: new Set() };
    connection.on("parseComplete", () => {
      const name = prepared.preparing.shift();
      if (name !== undefined) prepared.done.add(name);
    });
    connections.set(connection, prepared);
    return prepared;
  }

  /** One query to the driver, which asks it to send itself, and hands it what the server answers until it is ready. */
  class Batch extends Query {
    readonly #prepared: Prepared;
    readonly #calls: readonly Call[];
    readonly #answers: Answer[] = [];
    readonly #preparing: string[] = [];
    #rows: unknown[] = [];
    #described: readonly Column[] | undefined;

    constructor(
      connection: Connection,
      calls: readonly Call[],
      done: (error: Error | undefined, answers: Answer[]) => void,
    ) {
      super("", (error) => {
        if (error) this.#forgetUnprepared();
        done(error ?? undefined, this.#answers);
      });
      this.#prepared = preparedOn(connection);
      this.#calls = calls;
    }

    override submit = (connection: Connection): void => {
      const { columns, preparing, done } = this.#prepared;
      connection.stream.cork();
      for (const { statement, values } of this.#calls) {
        const { name, text } = statement;
        if (!done.has(name) && !preparing.includes(name)) {
          connection.parse({ name, text, types: [] }, true);
          preparing.push(name);
          this.#preparing.push(name);
        }
        connection.bind({ statement: name, values: values.map(toWire) }, true);
        if (!columns.has(name)) connection.describe({ type: "P" }, true);
        connection.execute(null, true);
      }
      connection.sync();
      connection.stream.uncork();
    };

    handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
      this.#described = fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }));
    }

    handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
      const row: Record<string, unknown> = {};
      const columns = this.#described ?? this.#prepared.columns.get(this.#current().name) ?? [];
      for (const [i, { name, parse }] of columns.entries()) {
        const value = fields[i] ?? null;
        row[name] = value === null ? null : parse(value);
      }
      this.#rows.push(row);
    }

    handleCommandComplete({ text }: { readonly text: string }): void {
      const { columns } = this.#prepared;
      const { name } = this.#current();
      if (!columns.has(name)) columns.set(name, this.#described);
      this.#answers.push({ rows: this.#rows, command: text });
      this.#rows = [];
      this.#described = undefined;
    }

    /** What comes behind the one that failed is not prepared either. */
    #forgetUnprepared(): void {
      const { preparing, done } = this.#prepared;
      const names = new Set(this.#preparing);
      for (let i = preparing.length - 1; i >= 0; i -= 1) {
        const name = preparing[i];
        if (name !== undefined && names.has(name) && !done.has(name)) preparing.splice(i, 1);
      }
    }

    #current(): PostgresStatement {
      const call = this.#calls[this.#answers.length];
      if (!call) throw new TypeError("there are more answers than statements");
      return call.statement;
    }
  }

  return (client, calls) =>
    new Promise((resolve, reject) => {
      client.query(
        new Batch(client.connection, calls, (error, answers) => {
          if (error) reject(error);
          else resolve(answers);
        }),
      );
    });
}
