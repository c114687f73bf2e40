import type * as z from "zod";

import type { ConfigProblem } from "./config-error.ts";
import { nodeAt, pathText, variantOf, type SchemaNode } from "./schema-tree.ts";

/**
 * What is wrong with a value that does not fit a schema: each problem with its path, the value (unless it is a
 * secret) and what is allowed. Parse with `{ reportInput: true }`, else a wrong value reads as missing.
 * @param whole the path of what concerns the value as a whole
 */
export function problemsOf(error: z.core.$ZodError, root: SchemaNode, whole: string): ConfigProblem[] {
  return error.issues.flatMap((issue) => problemsOfOne(issue, root, whole));
}

function problemsOfOne(issue: z.core.$ZodIssue, root: SchemaNode, whole: string): ConfigProblem[] {
  const node = nodeAt(root, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(variantOf(node, issue.input)?.properties ?? {}).join(", ");
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      allowed: `is not known; known here: ${known}`,
    }));
  }
  const allowed =
    issue.code === "custom" ? issue.message : `must be ${node?.description ?? describe(node) ?? issue.message}`;
  const path = pathText(issue.path) || whole;
  const input = inputOf(issue);
  if (input === undefined) return [{ path, allowed: `is missing: ${allowed}` }];
  return [node?.secret ? { path, allowed } : { path, value: shown(input), allowed }];
}

/** The value that is wrong. Of what tells variants apart the issue has the object that it is missing or wrong in. */
function inputOf(issue: z.core.$ZodIssue): unknown {
  if (issue.code !== "invalid_union" || !("discriminator" in issue) || !isObject(issue.input)) return issue.input;
  return issue.input[String(issue.discriminator)];
}

/** Of a list or an object only that it is one: there may be secrets inside. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : shorten(JSON.stringify(value));
}

function describe(node: SchemaNode | undefined): string | undefined {
  if (node?.enum) return node.enum.map((value) => JSON.stringify(value)).join(" or ");
  switch (node?.type) {
    case "array":
      return "a list";
    case "boolean":
      return "true or false";
    case "integer":
    case "number":
      return "a number";
    case "object":
      return "an object";
    case "string":
      return "a text";
    default:
      return undefined;
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
