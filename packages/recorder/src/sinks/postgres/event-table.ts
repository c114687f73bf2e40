import type { OutgoingEvent } from "../cloud-event.ts";

/** The statements of a table of events. */
export interface EventTable {
  readonly find: string;
  readonly create: string;
  readonly durably: string;
  readonly insert: string;
  valuesOf(events: readonly OutgoingEvent[]): unknown[];
}

/** What a table may be called: such names need no quoting but for words that SQL has taken. */
export const tablePattern = /^(?:[a-z_][a-z0-9_]{0,47}\.)?[a-z_][a-z0-9_]{0,47}$/;

/** @param name a table, or a schema, a dot and a table, as in `tablePattern` */
export function tableOf(name: string): EventTable {
  const quoted = name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
  const index = `"${name.split(".").at(-1)}_of_subject"`;
  return {
    find: `SELECT to_regclass('${quoted}')::text AS found`,
    // json, not jsonb, which takes neither \u0000 nor half a surrogate pair: people write both.
    create: `
      CREATE TABLE IF NOT EXISTS ${quoted} (
        source text NOT NULL,
        id text NOT NULL,
        sequence bigint NOT NULL,
        type text NOT NULL,
        subject text,
        "time" timestamptz,
        recordedtime timestamptz NOT NULL,
        groupsequence bigint,
        event json NOT NULL,
        PRIMARY KEY (source, id)
      );
      CREATE INDEX IF NOT EXISTS ${index} ON ${quoted} (subject, sequence)`,
    durably: `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
    insert: `
      INSERT INTO ${quoted} (source, id, sequence, type, subject, "time", recordedtime, groupsequence, event)
      SELECT * FROM unnest(
        $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[],
        $6::timestamptz[], $7::timestamptz[], $8::bigint[], $9::json[]
      )
      ON CONFLICT (source, id) DO NOTHING`,
    valuesOf: (events) => [
      events.map(({ attributes }) => attributes.source),
      events.map(({ attributes }) => attributes.id),
      events.map(({ position }) => position),
      events.map(({ attributes }) => attributes.type),
      events.map(({ attributes }) => attributes.subject ?? null),
      events.map(({ attributes }) => attributes.time ?? null),
      events.map(({ attributes }) => attributes.recordedtime),
      events.map(({ attributes }) => attributes.groupsequence ?? null),
      events.map(({ text }) => text),
    ],
  };
}
