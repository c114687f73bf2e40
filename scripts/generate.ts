/**
 * Writes what is made from the code: the tables and schemas under docs/contract, and the admin API's types for the
 * console. With --check it writes nothing and fails where a file is not what it would write.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  callbackCommands,
  callbackFields,
  callbackRow,
  ErrorCode,
  errorMeanings,
  DOCUMENTED_CALLS,
  restCommands,
  type RestCommand,
} from "@muster/protocol";
import * as z from "zod";

import { configFile } from "../packages/cli/src/config.ts";
import { openApiDocument } from "../packages/server/src/admin/openapi.ts";
import { adminRoutes } from "../packages/server/src/admin/routes.ts";
import { operationTypes } from "./operation-types.ts";

const root = join(import.meta.dirname, "..");
const note = "<!-- Made by `npm run generate`; change the code instead. -->";

const adminApi = openApiDocument(adminRoutes);
const files: Record<string, string> = {
  "docs/contract/callbacks.md": callbackTable(),
  "docs/contract/error-codes.md": errorTable(),
  "docs/contract/rest.md": restTable(),
  "docs/contract/config.schema.json": configSchema(),
  "docs/contract/admin-openapi.json": `${JSON.stringify(adminApi, undefined, 2)}\n`,
  "apps/console/src/api/operations.ts": operationTypes(adminApi),
  "apps/console/src/api/callbacks.ts": callbackList(),
};

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [name, content] of Object.entries(files)) {
  const path = join(root, name);
  if (read(path) === content) continue;
  stale.push(name);
  if (!check) writeFileSync(path, content);
}
if (check && stale.length > 0) {
  console.error(`Not up to date: ${stale.join(", ")}. Run npm run generate and commit what it writes.`);
  process.exitCode = 1;
} else {
  console.log(stale.length > 0 ? `Written: ${stale.join(", ")}.` : "All is up to date.");
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function callbackTable(): string {
  const rows = callbackCommands.map((command) => {
    const { kind, page, switch: switchName } = callbackRow(command);
    const shared = switchName === command ? "its own" : `that of \`${switchName}\``;
    const fields = callbackFields(command).map((field) => `\`${field}\``);
    return `| [\`${command}\`](https://trtc.io/document/${page}) | ${kind} | ${shared} | ${fields.join(", ")} |`;
  });
  return `${note}

# Callbacks

Every \`Group.*\` callback that Muster knows. A \`?\` stands behind a field that some versions or cases lack.

| callback | kind | switch | fields |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

/** What the console knows of each callback; the catalog itself would bring every schema along. */
function callbackList(): string {
  const rows = callbackCommands.map((command) => {
    const { kind, switch: switchName } = callbackRow(command);
    return `  { command: "${command}", kind: "${kind}", switch: "${switchName}" },`;
  });
  return `// Made by \`npm run generate\`; change the catalog instead.

/** Every callback, whether it asks or tells, and the switch that turns it on. */
export const callbacks = [
${rows.join("\n")}
] as const;
`;
}

function errorTable(): string {
  const codes = Object.values(ErrorCode).toSorted((a, b) => a - b);
  return `${note}

# Error codes

What Muster answers with in \`ErrorCode\`. The codes are Tencent's.

| code | meaning |
| --- | --- |
${codes.map((code) => `| ${code} | ${errorMeanings[code]} |`).join("\n")}
`;
}

function restTable(): string {
  const commands: readonly RestCommand[] = Object.values(restCommands);
  const rows = commands.map(({ service, command, page, callsPerSecond = DOCUMENTED_CALLS }) => {
    const path = `\`/v4/${service}/${command}\``;
    return `| ${page === undefined ? path : `[${path}](https://trtc.io/document/${page})`} | ${callsPerSecond} |`;
  });
  return `${note}

# REST commands

\`POST /v4/<service>/<command>?sdkappid&identifier&usersig&random&contenttype=json\`

With \`rates: "documented"\` an app may call each so many times a second.

| command | calls a second |
| --- | --- |
${rows.join("\n")}
`;
}

/** The schema that editors and other tools check a configuration with; secrets and certificates may come from files. */
function configSchema(): string {
  const schema = z.toJSONSchema(configFile, { io: "input" });
  addFiles(schema);
  return `${JSON.stringify({ ...schema, title: "Muster's configuration" }, undefined, 2)}\n`;
}

function addFiles(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  for (const child of Object.values(node)) addFiles(child);
  if (!("properties" in node) || typeof node.properties !== "object" || node.properties === null) return;
  const properties = node.properties as Record<string, { secret?: boolean; fromFile?: boolean }>;
  for (const [name, property] of Object.entries(properties)) {
    if (!property.secret && !property.fromFile) continue;
    delete property.secret;
    delete property.fromFile;
    Object.assign(properties, {
      [`${name}File`]: { type: "string", description: `the path of a file that holds ${name}` },
    });
    if (!("required" in node) || !Array.isArray(node.required) || !node.required.includes(name)) continue;
    node.required = node.required.filter((required) => required !== name);
    const either = [{ required: [name] }, { required: [`${name}File`] }];
    Object.assign(node, { oneOf: either });
  }
}
