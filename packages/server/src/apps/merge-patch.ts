import { isDeepStrictEqual } from "node:util";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * JSON merge patch: what `target` becomes by `patch`. Objects are merged, `null` removes, anything else (lists
 * too) replaces. Neither is changed.
 * @see https://www.rfc-editor.org/rfc/rfc7396
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  // Not by assignment, which would take the key "__proto__" for something else than a key.
  return Object.fromEntries(merged);
}

/** The smallest merge patch that makes `to` of `from`. Neither may hold `null`. */
export function diffPatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch = new Map<string, unknown>();
  for (const key of Object.keys(from))
    if (own(from, key) !== undefined && own(to, key) === undefined) patch.set(key, null);
  for (const [key, value] of Object.entries(to)) {
    const before = own(from, key);
    if (value === undefined || isDeepStrictEqual(before, value)) continue;
    patch.set(key, isObject(before) && isObject(value) ? diffPatch(before, value) : value);
  }
  return Object.fromEntries(patch);
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
