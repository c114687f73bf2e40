import { readdirSync, readFileSync } from "node:fs";

import { Client } from "pg";

/** How many ticks of `/proc` are a second, on every Linux that Node.js runs on. */
const TICKS = 100;

/** Processor time in seconds, of processes with what their ended children took; `undefined` where the system cannot tell. */
export function processorTime(pids: readonly (number | undefined)[]): number | undefined {
  if (process.platform !== "linux") return undefined;
  return pids.reduce((sum: number, pid) => sum + ticksOf(pid), 0) / TICKS;
}

/** Processor time in µs of the thread that a process began with; `undefined` where the system cannot tell. */
export function mainThreadTime(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ", 1)[0]) / 1_000;
}

/** A process and those that it has started and that still run. */
export function withChildren(pid: number): number[] {
  const running = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  return [pid, ...running.filter((one) => fieldsOf(one)[1] === pid)];
}

/** The process that all others of a PostgreSQL on this machine are children of. */
export async function postmasterOf(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const parent = fieldsOf(Number(rows[0]?.pid))[1] ?? 0;
  await client.end();
  return parent;
}

function ticksOf(pid: number | undefined): number {
  const [, , , , , , , , , , , utime = 0, stime = 0, ofChildren = 0, systemOfChildren = 0] = fieldsOf(pid);
  return utime + stime + ofChildren + systemOfChildren;
}

/** The fields behind the name, which may hold spaces: the state, the parent … */
function fieldsOf(pid: number | undefined): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
  } catch {
    // It has ended.
    return [];
  }
}
