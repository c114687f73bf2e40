/**
 * What a run of all tests runs on PostgreSQL as well as on SQLite: whatever goes through a store from outside. What a
 * store itself does is in the suites beside it (`*.contract.ts`), which each store's own tests run.
 */
export const onBothStores = [
  "test/{conformance,model,regression}/*.test.ts",
  "test/e2e/{app-users*,before-callbacks,log,logs,metrics,quantities,reconcile,replay,seeds,tracing}.test.ts",
  "test/e2e/console-{groups,live,session}.test.ts",
  "test/faults/{both-kill,devices-away,recorder-kill,server-kill,sinks-kill}.test.ts",
  "packages/recorder/src/{app,http/*}.test.ts",
  "packages/server/src/metrics/s*.test.ts",
];

/**
 * What is run on PostgreSQL where it is asked for (`MUSTER_TEST_STORE=postgres npm test`), and otherwise on SQLite alone:
 * the rules are the same for both and are gone through above, and what is looked at here lies beside the store: the whole
 * console in a browser, which asks no more of it than those of its tests that are above.
 */
export const onPostgresWhenAsked = [
  "test/e2e/{console,console-playground,console-settings,hostile-endpoints,tracing-guide}.test.ts",
  "packages/server/src/{commands/*,rest/rest-door}.test.ts",
];

// On SQLite alone: the command line's output (e2e/cli, check, examples), which asks what the tests above ask the same
// way; the figures' guide, which lists names; the mirror's own file (recorder/src/mirror) and what is simulated on a clock
// that waits for no database (dispatcher, retention, pump, follower, simulated-days), whose stores are held to the contracts.
// The receiver's inboxes have tests of their own for each database.
