import { readFileSync } from "node:fs";
import type * as z from "zod";

import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { applyEnvironment } from "./environment.ts";
import { problemsOf } from "./problems.ts";
import { isFromFile, pathText, schemaTree, type SchemaNode } from "./schema-tree.ts";

export interface ConfigSource {
  /** The JSON file. */
  readonly file: string;
  /** The process's environment; only `MUSTER_*` is looked at. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hears of each file that a text is taken from, and of which setting names it. */
  readonly onFile?: ((file: string, setting: string) => void) | undefined;
}

/**
 * Reads a configuration: the file, the environment's values over it, secrets from the files that are named
 * for them, defaults for what is absent. The result is complete and frozen.
 * @throws {ConfigError} with every problem, each naming path, value and what is allowed
 */
export function loadConfig<S extends z.ZodType>(schema: S, { file, environment, onFile }: ConfigSource): z.output<S> {
  const raw = readJson(file);
  const root = schemaTree(schema);
  const problems = applyEnvironment(raw, root, environment);
  readFiles(raw, root, [], { problems, onFile });
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (!parsed.success) problems.push(...problemsOf(parsed.error, root, "the file"));
  if (problems.length > 0 || !parsed.success) throw new ConfigError(file, problems);
  return deepFreeze(parsed.data);
}

/** Without the mark that some editors put before a text, and nobody sees. */
function readText(file: string): string {
  return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
}

function readJson(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    throw new ConfigError(file, [
      { path: "the file", allowed: `cannot be read (${messageOf(error)}): name one with --config` },
    ]);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw new ConfigError(file, [
      { path: "the file", allowed: `must be JSON: ${syntaxProblem(text, messageOf(error))}` },
    ]);
  }
  throw new ConfigError(file, [{ path: "the file", allowed: "must hold one JSON object" }]);
}

/** What is wrong with a JSON text. V8 may quote what stands around it, which may be a secret: its line does as well. */
function syntaxProblem(text: string, message: string): string {
  const [, problem, around] =
    /^(Unexpected token .+?), (?:\.\.\.)?"(.*)"(?:\.\.\.)? is not valid JSON$/s.exec(message) ?? [];
  if (problem === undefined || around === undefined) return message;
  const middle = text.indexOf(around) + Math.floor(around.length / 2);
  return `${problem} in or near line ${text.slice(0, middle).split("\n").length}`;
}

interface Reading {
  readonly problems: ConfigProblem[];
  readonly onFile: ConfigSource["onFile"];
}

/** Replaces each `<name>File` by the file's content, its last line break dropped. */
function readFiles(value: unknown, node: SchemaNode, path: readonly PropertyKey[], reading: Reading): void {
  const { problems, onFile } = reading;
  if (Array.isArray(value) && node.items) {
    for (const [i, item] of value.entries()) readFiles(item, node.items, [...path, i], reading);
  }
  if (!isObject(value)) return;
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    readFiles(value[key], child, [...path, key], reading);
    const fileKey = `${key}File`;
    const file = value[fileKey];
    if (!isFromFile(child) || file === undefined) continue;
    delete value[fileKey];
    const at = pathText([...path, fileKey]);
    if (value[key] !== undefined) {
      problems.push({ path: at, allowed: `is given beside ${pathText([...path, key])}: only one of the two can be` });
    } else if (typeof file === "string") {
      onFile?.(file, at);
      try {
        value[key] = readText(file).replace(/\r?\n$/, "");
      } catch (error) {
        value[key] = "unread";
        problems.push({ path: at, value: JSON.stringify(file), allowed: `cannot be read (${messageOf(error)})` });
      }
    } else {
      problems.push({ path: at, value: JSON.stringify(file), allowed: "must be the path of a file" });
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
