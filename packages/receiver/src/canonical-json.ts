/**
 * A JSON value as text, the same text for the same value: objects' keys sorted, no white space. Lone
 * surrogates are written as escapes, so that different texts stay different in UTF-8.
 *
 * It recurses as deep as the value nests; `parseJson` bounds that.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(",")}}`;
}
