import { sameTable, type StoreKind } from "@muster/foundation";

import { MIRROR_SCHEMA } from "../postgres/mirror-schema.ts";
import { migrations, SCHEMA } from "../postgres/schema.ts";
import { APPLICATION_ID, migrations as fileMigrations } from "../sqlite/schema.ts";

/** The recorder's store: its journal, how far each sink is, and what groups were behind events that have gone. */
export const recorderStoreKind: StoreKind = {
  program: "recorder",
  applicationId: APPLICATION_ID,
  fileMigrations,
  schema: SCHEMA,
  migrations,
  derived: MIRROR_SCHEMA,
  tables: [
    sameTable("events", ["position"]),
    sameTable("repeats", ["position"]),
    sameTable("groups", ["first_position"], ["group_id", "sdk_app_id"]),
    sameTable("sinks", ["name"]),
    sameTable("sink_lanes", ["sink", "lane"]),
    sameTable("sink_dead_letters", ["sink", "position"]),
    sameTable("snapshots", ["sdk_app_id", "group_id"]),
  ],
  numbers: [{ of: "events", set: "UPDATE journal SET last = $1" }],
  app: "sdk_app_id",
  standing: [
    "SELECT sum(times) FROM repeats",
    "SELECT sum(position) FROM sinks",
    "SELECT sum(after + failures) FROM sink_lanes",
    "SELECT sum(position) FROM snapshots",
  ],
};
