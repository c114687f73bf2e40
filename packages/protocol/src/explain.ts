import type * as z from "zod/mini";

type Issue = z.core.$ZodIssue;

function where(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}

function what(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is required" : `must be ${article(issue.expected)}`;
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "too_big":
      return tooBig(issue);
    case "too_small":
      return tooSmall(issue);
    case "unrecognized_keys":
      return `has ${issue.keys.length === 1 ? "an unknown field" : "unknown fields"}: ${issue.keys.join(", ")}`;
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

function tooBig({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string {
  const unit = units[origin];
  if (unit) return `must have at most ${maximum} ${unit}${Number(maximum) === 1 ? "" : "s"}`;
  return inclusive === false ? `must be less than ${maximum}` : `must be at most ${maximum}`;
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  const unit = units[origin];
  if (unit) return Number(minimum) === 1 ? "must not be empty" : `must have at least ${minimum} ${unit}s`;
  return inclusive === false ? `must be more than ${minimum}` : `must be at least ${minimum}`;
}

/** What is counted in values of these kinds; of the others, the value itself is compared. */
const units: Partial<Record<string, string>> = { array: "item", string: "character" };

/**
 * What is wrong with a value, a sentence for each problem, each beginning with the place: `MemberList[1].Role
 * must be "Admin"`. Parse with `{ reportInput: true }`, else a field of the wrong type reads as missing.
 */
export function explain(error: z.core.$ZodError): string[] {
  return error.issues.map((issue) => `${where(issue.path) || "the value"} ${what(issue)}`);
}
