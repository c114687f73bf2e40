type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of the merge patches to what another one describes: every part may be absent, or `null` to go. */
export function mergePatchSchema(schema: JsonSchema): JsonSchema {
  const { required: _required, default: _default, properties, ...rest } = schema;
  if (!isObject(properties)) return rest;
  const parts = Object.entries(properties).map(([name, part]) => [
    name,
    { anyOf: [mergePatchSchema(isObject(part) ? part : {}), { type: "null" }] },
  ]);
  return { ...rest, properties: Object.fromEntries(parts) as JsonSchema };
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
