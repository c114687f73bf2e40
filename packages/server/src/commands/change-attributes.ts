import { byteLength, ErrorCode } from "@muster/protocol";

import type { Fields } from "../group/group.ts";
import { done, type Refusal } from "./command.ts";
import { onGroup } from "./on-group.ts";

/** The bounds of a group's attributes, in bytes of UTF-8 and in keys. */
const KEY_MAX_BYTES = 32;
const VALUE_MAX_BYTES = 4_000;
const MAX_KEYS = 16;
const TOTAL_MAX_BYTES = 16_000;

interface ChangeAttributes {
  readonly groupId: string;
  /** `set` replaces all, `modify` adds and overwrites, `delete` removes the named ones, `clear` removes all. */
  readonly how: "set" | "modify" | "delete" | "clear";
  readonly attributes: Fields;
}

/** Changes a group's attributes; returns those that there are afterwards. */
export const changeAttributes = onGroup<ChangeAttributes, Fields>(
  "changeAttributes",
  async (tx, _context, input, group) => {
    const { groupId, how, attributes } = input;
    const before = await tx.attributes(groupId);
    const after = apply(before, how, attributes);
    const refusal =
      (how === "delete" ? missingRefusal(before, attributes) : undefined) ?? sizeRefusal(attributes, after);
    if (refusal) return { ok: false, refusal };
    await tx.setAttributes(groupId, after);
    return done(after, {
      kind: "attributes-changed",
      group,
      how,
      attributes: how === "clear" ? before : attributes,
      after,
    });
  },
);

function apply(before: Fields, how: ChangeAttributes["how"], attributes: Fields): Fields {
  switch (how) {
    case "set":
      return attributes;
    case "modify":
      return { ...before, ...attributes };
    case "delete":
      return Object.fromEntries(Object.entries(before).filter(([key]) => !Object.hasOwn(attributes, key)));
    case "clear":
      return {};
  }
}

function missingRefusal(before: Fields, named: Fields): Refusal | undefined {
  const missing = Object.keys(named).find((key) => !Object.hasOwn(before, key));
  if (missing === undefined) return undefined;
  return { code: ErrorCode.AttributeNotFound, info: `GroupAttr: the group has no attribute ${missing}` };
}

function sizeRefusal(given: Fields, after: Fields): Refusal | undefined {
  for (const [key, value] of Object.entries(given)) {
    if (!key.isWellFormed() || !value.isWellFormed()) {
      return { code: ErrorCode.InvalidParameter, info: "GroupAttr is not valid Unicode (a lone surrogate)" };
    }
    if (byteLength(key) > KEY_MAX_BYTES) {
      return {
        code: ErrorCode.AttributeKeyTooLong,
        info: `GroupAttr: the key ${key} is longer than ${KEY_MAX_BYTES} bytes`,
      };
    }
    if (byteLength(value) > VALUE_MAX_BYTES) {
      return {
        code: ErrorCode.AttributeValueTooLong,
        info: `GroupAttr: the value of ${key} is longer than ${VALUE_MAX_BYTES} bytes`,
      };
    }
  }
  const all = Object.entries(after);
  if (all.length > MAX_KEYS) {
    return {
      code: ErrorCode.TooManyAttributes,
      info: `GroupAttr: the group would have ${all.length} attributes, ${MAX_KEYS} are allowed`,
    };
  }
  const total = all.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  if (total > TOTAL_MAX_BYTES) {
    return {
      code: ErrorCode.AttributesTooLong,
      info: `GroupAttr: the attributes would have ${total} bytes, ${TOTAL_MAX_BYTES} are allowed`,
    };
  }
  return undefined;
}
