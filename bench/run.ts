/**
 * Runs the benchmarks, prints one table and writes bench/results/<scenario>.json for each. Names given run those
 * alone.
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

import { table, type Row } from "./figure.ts";
import { backlog } from "./scenarios/backlog.ts";
import { cells } from "./scenarios/cells.ts";
import { costs } from "./scenarios/costs.ts";
import { drain } from "./scenarios/drain.ts";
import { latency } from "./scenarios/latency.ts";
import { nodes } from "./scenarios/nodes.ts";
import { neighbours } from "./scenarios/neighbours.ts";
import { pairs } from "./scenarios/pairs.ts";
import { postgres } from "./scenarios/postgres.ts";
import { recording } from "./scenarios/recording.ts";
import { verifying } from "./scenarios/verifying.ts";
import { watching } from "./scenarios/watching.ts";

const scenarios: Readonly<Record<string, () => Promise<Row[]>>> = {
  backlog,
  cells,
  costs,
  drain,
  latency,
  neighbours,
  nodes,
  pairs,
  postgres,
  recording,
  verifying,
  watching,
};
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(scenarios, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no scenario ${unknown.join(", ")}; there are ${Object.keys(scenarios).join(", ")}.\n`);
  process.exit(2);
}

const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
const all: Row[] = [];
for (const [name, scenario] of Object.entries(scenarios)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [load = 0] = loadavg();
  process.stderr.write(`${name} … (load ${load.toFixed(1)})\n`);
  const figures = await scenario();
  all.push(...figures);
  const result = { at: new Date().toISOString(), machine, load, figures };
  writeFileSync(join(import.meta.dirname, "results", `${name}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
}
console.log(table(all));
