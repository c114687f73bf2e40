import * as z from "zod/mini";

const utf8 = new TextEncoder();

/** The length of a text as the wire counts it: bytes of UTF-8 (a Chinese character is 3). */
export function byteLength(text: string): number {
  return utf8.encode(text).length;
}

/**
 * A text of at most `max` bytes of UTF-8. Lone surrogates are refused: they have no UTF-8 form, so such a
 * text could not be stored and sent on as it came.
 */
export function byteText(max: number): z.ZodMiniString<string> {
  // JSON Schema counts characters, not bytes: there, the limit can only be told in words.
  const limit = z.describe<string>(`At most ${max} bytes of UTF-8.`);
  return z.string().check(limit, ({ value, issues }) => {
    if (!value.isWellFormed()) {
      issues.push({ code: "custom", input: value, message: "is not valid Unicode (a lone surrogate)" });
      return;
    }
    // No character of a string takes more than three bytes: most texts need not be encoded to be measured.
    if (value.length * 3 <= max) return;
    const length = byteLength(value);
    if (length > max) {
      issues.push({
        code: "custom",
        input: value,
        message: `is too long: ${length} bytes of UTF-8, at most ${max} are allowed`,
      });
    }
  });
}
