/** Runs the benchmarks, prints one table and writes bench/results/latest.json. Names given run those alone. */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

import { table, type Figure } from "./figure.ts";
import { drain } from "./scenarios/drain.ts";
import { pairs } from "./scenarios/pairs.ts";
import { recording } from "./scenarios/recording.ts";

const scenarios: Readonly<Record<string, () => Promise<Figure[]>>> = { drain, pairs, recording };
const wanted = process.argv.slice(2);

const figures: Figure[] = [];
for (const [name, scenario] of Object.entries(scenarios)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  figures.push(...(await scenario()));
}
console.log(table(figures));
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
const result = { at: new Date().toISOString(), machine, figures };
writeFileSync(join(import.meta.dirname, "results", "latest.json"), `${JSON.stringify(result, undefined, 2)}\n`);
