/**
 * Writes what is made from the code: the tables and schemas under docs/contract. With --check it writes
 * nothing and fails where a file is not what it would write.
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

const folder = join(import.meta.dirname, "..", "docs", "contract");
const note = "<!-- Made by `npm run generate`; change the code instead. -->";

const files: Record<string, string> = {
  "callbacks.md": callbackTable(),
  "error-codes.md": errorTable(),
  "rest.md": restTable(),
  "config.schema.json": configSchema(),
  "admin-openapi.json": `${JSON.stringify(openApiDocument(adminRoutes), undefined, 2)}\n`,
};

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [name, content] of Object.entries(files)) {
  const path = join(folder, name);
  if (read(path) === content) continue;
  stale.push(`docs/contract/${name}`);
  if (!check) writeFileSync(path, content);
}
if (check && stale.length > 0) {
  console.error(`Not up to date: ${stale.join(", ")}. Run npm run generate and commit what it writes.`);
  process.exitCode = 1;
} else {
  console.log(stale.length > 0 ? `Written: ${stale.join(", ")}.` : "docs/contract is up to date.");
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
