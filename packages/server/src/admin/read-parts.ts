import { pathText, problemsOf, schemaTree, type ConfigProblem } from "@muster/foundation";
import { parseJson } from "@muster/protocol";
import type * as z from "zod";

import { AdminRefusal, invalid } from "./admin-refusal.ts";

type Texts = Readonly<Record<string, unknown>>;

/**
 * Fits a value to its schema, defaults filled in.
 * @param whole what the value as a whole is called
 * @throws {AdminRefusal} `invalid`, with all that is wrong
 */
export function fitOrRefuse<S extends z.ZodType>(schema: S, value: unknown, whole: string): z.output<S> {
  const { data, error } = schema.safeParse(value, { reportInput: true });
  if (error) throw invalid(problemsOf(error, schemaTree(schema), whole));
  return data;
}

/**
 * Fits what a path or a query says, which is texts: those that the schema wants numbers or truths for are read so.
 * @throws {AdminRefusal} `invalid`
 */
export function fitTexts(schema: z.ZodType, texts: Texts, whole: string): unknown {
  const { properties = {} } = schemaTree(schema);
  const read = Object.entries(texts).map(([name, text]): [string, unknown] => {
    const { type } = Object.hasOwn(properties, name) ? (properties[name] ?? {}) : {};
    if ((type === "integer" || type === "number") && /^-?\d{1,15}$/.test(String(text))) return [name, Number(text)];
    if (type === "boolean" && (text === "true" || text === "false")) return [name, text === "true"];
    return [name, text];
  });
  return fitOrRefuse(schema, Object.fromEntries(read), whole);
}

/**
 * Reads a body that must be JSON; an empty one is an empty object.
 * @param contentType as the header has it
 * @throws {AdminRefusal} `unsupported-media-type`, `invalid-json`
 */
export function readJsonBody(bytes: unknown, contentType: string | undefined): unknown {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return {};
  if (contentType !== undefined && !/^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(contentType)) {
    throw new AdminRefusal("unsupported-media-type", "Send JSON, with content-type: application/json (curl --json).");
  }
  const json = parseJson(bytes);
  if (!json.ok) throw new AdminRefusal("invalid-json", `The body ${json.reason}.`);
  return json.value;
}

/** A problem at a place. */
export function problemAt(path: readonly PropertyKey[], allowed: string): ConfigProblem {
  return { path: pathText(path), allowed };
}
