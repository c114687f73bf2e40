import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { ReconcileState } from "@muster/recorder";
import * as z from "zod";

/** What a state is of: that of another comparison is not gone on with. */
export interface Compared {
  readonly backend: string;
  readonly recorder: string;
  readonly sdkAppId: number;
}

/** Where it is kept how far a comparison has come. */
export interface StateFile {
  /** `undefined` where there is none, or it is of another comparison. */
  read(): ReconcileState | undefined;
  write(state: ReconcileState): void;
  remove(): void;
}

const count = z.int().min(0);
const kept = z.object({
  of: z.object({ backend: z.string(), recorder: z.string(), sdkAppId: z.number() }),
  state: z.object({
    phase: z.enum(["list", "compare", "done"]),
    next: count,
    after: z.string(),
    looked: count,
    total: count,
    missing: count,
    extra: count,
    different: count,
    mended: count,
  }),
});

export function createStateFile(path: string, of: Compared): StateFile {
  return {
    read() {
      const read = kept.safeParse(jsonIn(path));
      return read.success && JSON.stringify(read.data.of) === JSON.stringify(of) ? read.data.state : undefined;
    },
    write(state) {
      mkdirSync(dirname(path), { recursive: true });
      // Broken off in between, the former state is there.
      writeFileSync(`${path}.new`, JSON.stringify({ of, state }));
      renameSync(`${path}.new`, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
