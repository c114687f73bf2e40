import type { ConfigProblem } from "./config-error.ts";
import { isFromFile, type SchemaNode } from "./schema-tree.ts";

const PREFIX = "MUSTER_";

/**
 * What Kubernetes, and Docker where containers are linked, tell each program of a service that is called like this one
 * (`muster`, `muster-server`): its addresses, under names with the same beginning.
 */
const OF_A_SERVICE =
  /_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;
const ADDRESS_OF_A_SERVICE = /^(?:tcp|udp|sctp):\/\//;

/**
 * Writes the environment's values over a configuration: `MUSTER_SERVER_PORT=9001` sets `server.port`,
 * `MUSTER_APPS_0_SECRET_KEY` sets `apps[0].secretKey`. Lists of texts are given as JSON. A variable that names
 * no setting is a problem: a typing error must not pass for a setting. What is said of services is passed over.
 */
export function applyEnvironment(
  raw: Record<string, unknown>,
  root: SchemaNode,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || text === undefined || isOfAService(name, text)) continue;
    const found = locate(root, name.slice(PREFIX.length));
    if (found) assign(raw, found.path, parseValue(text, found.node));
    else problems.push({ path: name, allowed: "is no setting: check its spelling, or unset it" });
  }
  return problems;
}

function isOfAService(name: string, text: string): boolean {
  return OF_A_SERVICE.test(name) || (name.endsWith("_PORT") && ADDRESS_OF_A_SERVICE.test(text));
}

type Path = readonly (string | number)[];

function locate(node: SchemaNode, rest: string, path: Path = []): { path: Path; node: SchemaNode } | undefined {
  if (node.items) {
    const index = /^(\d{1,4})(?:_(.+))?$/.exec(rest);
    if (!index) return undefined;
    const here = [...path, Number(index[1])];
    return index[2] === undefined ? { path: here, node: node.items } : locate(node.items, index[2], here);
  }
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const name = screaming(key);
    if (rest === name) return { path: [...path, key], node: child };
    if (isFromFile(child) && rest === `${name}_FILE`)
      return { path: [...path, `${key}File`], node: { type: "string" } };
    const deeper = rest.startsWith(`${name}_`) ? locate(child, rest.slice(name.length + 1), [...path, key]) : undefined;
    if (deeper) return deeper;
  }
  return undefined;
}

function screaming(camelCase: string): string {
  return camelCase.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
}

/**
 * What cannot be read as the setting's type stays a text: the schema then says what is allowed. A setting of several
 * types has none here: it may be a text as well.
 */
function parseValue(text: string, node: SchemaNode): unknown {
  if (node.type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function assign(target: Record<string, unknown>, path: Path, value: unknown): void {
  let node: Record<string | number, unknown> = target;
  for (const [i, key] of path.entries()) {
    if (i === path.length - 1) {
      node[key] = value;
      return;
    }
    const next = node[key];
    if (typeof next === "object" && next !== null) node = next as Record<string, unknown>;
    else {
      const made: Record<string, unknown> =
        typeof path[i + 1] === "number" ? ([] as unknown as Record<string, unknown>) : {};
      node[key] = made;
      node = made;
    }
  }
}
