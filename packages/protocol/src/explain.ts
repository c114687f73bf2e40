import type * as z from "zod/mini";

type Issue = z.core.$ZodIssue;

function where(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) text += typeof part === "number" ? `[${part}]` : text === "" ? String(part) : `.${String(part)}`;
  return text;
}

function what(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is required" : `must be ${article(issue.expected)}`;
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "too_big":
      return `must be at most ${String(issue.maximum)}${units(issue.origin)}`;
    case "too_small":
      return `must be at least ${String(issue.minimum)}${units(issue.origin)}`;
    case "unrecognized_keys":
      return `has no place here (${issue.keys.join(", ")})`;
    case "invalid_format":
      return `does not have the form ${issue.pattern ?? issue.format}`;
    case "invalid_union": {
      const first = issue.errors.flat()[0];
      return first ? what(first) : "has the wrong form";
    }
    default:
      return issue.message;
  }
}

function article(type: string): string {
  if (type === "int") return "an integer";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function units(origin: string): string {
  if (origin === "array") return " items";
  return origin === "string" ? " characters" : "";
}

/**
 * What is wrong with a value, a sentence for each problem, each beginning with the place: `MemberList[1].Role
 * must be "Admin"`. Parse with `{ reportInput: true }`, else a missing field reads as one of the wrong type.
 */
export function explain(error: z.core.$ZodError): string[] {
  return error.issues.map((issue) => `${where(issue.path) || "the value"} ${what(issue)}`);
}
