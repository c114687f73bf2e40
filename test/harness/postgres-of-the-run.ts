import type { TestProject } from "vitest/node";

import { startPostgres } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a database that no test uses, in the PostgreSQL that all of a run share. */
    readonly postgres: string;
  }
}

/** Starts one PostgreSQL for all tests of a run that are on PostgreSQL; where a run has none of them, none is started. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await startPostgres({ careless: true });
  project.provide("postgres", url);
  return stop;
}
