import { readFileSync } from "node:fs";
import { join } from "node:path";

import { openPostgres } from "@muster/foundation";
import { expect, it, onTestFinished } from "vitest";

import { startPostgres } from "../../../../../test/harness/postgres.ts";
import { migrations, SCHEMA } from "./migrations.ts";

const guide = readFileSync(join(import.meta.dirname, "../../../../../docs/guides/postgres.md"), "utf8");
const [, chapter = ""] = /^## Citus\n(.*?)^## /ms.exec(guide) ?? [];
const [, ddl = ""] = /^```sql\n(.*?)^```$/ms.exec(chapter) ?? [];

/**
 * Stands in for Citus, which is not to be had here: takes a table if it has what Citus demands of one that is
 * distributed, and notes that. Of several with the same column and colocated, foreign keys may lead from one to another.
 */
const STAND_IN = `
  CREATE TABLE public.distributed (name text PRIMARY KEY);
  CREATE FUNCTION public.create_distributed_table(name text, by_column text, colocate_with text DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql AS $$
  DECLARE number smallint; wrong text;
  BEGIN
    SELECT attnum INTO STRICT number FROM pg_attribute
      WHERE attrelid = name::regclass AND attname = by_column AND attnotnull AND atttypid = 'bigint'::regtype;
    IF (SELECT relispartition FROM pg_class WHERE oid = name::regclass) THEN
      RAISE 'a part of a table goes where the table does: %', name;
    END IF;
    SELECT indexrelid::regclass INTO wrong FROM pg_index
      WHERE indrelid = name::regclass AND (indisunique OR indisexclusion) AND NOT number = ANY (indkey::smallint[]);
    IF found THEN RAISE 'the key % is without %', wrong, by_column; END IF;
    SELECT conname INTO wrong FROM pg_constraint
      WHERE conrelid = name::regclass AND contype = 'f' AND (NOT number = ANY (conkey)
        OR confrelid::regclass::text NOT IN (SELECT distributed.name FROM public.distributed));
    IF found THEN RAISE 'the foreign key % leads elsewhere', wrong; END IF;
    SELECT attname INTO wrong FROM pg_attribute
      WHERE attrelid = name::regclass AND attidentity <> '' AND atttypid <> 'bigint'::regtype;
    IF found THEN RAISE 'numbers of % are too small', wrong; END IF;
    IF colocate_with IS NOT NULL AND colocate_with NOT IN (SELECT distributed.name FROM public.distributed) THEN
      RAISE '% is not distributed', colocate_with;
    END IF;
    INSERT INTO public.distributed VALUES (name);
  END $$;
  CREATE TABLE public.wrong (app bigint NOT NULL, id bigint PRIMARY KEY);
`;

it("every table of an app's has the app in each key, and is distributed by what the guide says", async () => {
  const postgres = await startPostgres({ careless: true });
  onTestFinished(() => postgres.stop());
  const { url } = postgres;
  await (await openPostgres(url, { schema: SCHEMA, migrations })).close();
  await postgres.run(url, STAND_IN);
  const refused = postgres.run(url, "SELECT public.create_distributed_table('public.wrong', 'app')");
  await expect(refused).rejects.toThrow("the key wrong_pkey is without app");

  await postgres.run(url, ddl.replace("search_path TO muster_server", "search_path TO muster_server, public"));
  const namesOf = async (sql: string): Promise<string[]> =>
    (await postgres.rows(url, sql)).map(({ name }) => String(name)).toSorted();
  const tables = (condition: string): string =>
    `SELECT relname AS name FROM pg_class WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind IN ('r', 'p')
     AND NOT relispartition AND ${condition} (SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'app')`;
  const ofApps = await namesOf(tables("EXISTS"));
  expect(ofApps.length).toBeGreaterThan(20);
  expect(await namesOf("SELECT name FROM public.distributed")).toEqual(ofApps);
  const [, stay = ""] = /((?:`\w+`,? (?:and )?)+)stay where they are/.exec(chapter) ?? [];
  expect([...stay.matchAll(/\w{4,}/g)].map(([name]) => name).toSorted()).toEqual(await namesOf(tables("NOT EXISTS")));
});
