type Json = Readonly<Record<string, unknown>>;

/** The admin API as TypeScript: its operations, and what each takes and answers, made of its OpenAPI document. */
export function operationTypes(document: Json): string {
  const operations = Object.entries(fieldsOf(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(fieldsOf(methods)).map(([method, operation]) => ({ path, method, operation: fieldsOf(operation) })),
  );
  const ways = operations.map(
    ({ path, method, operation }) =>
      `  ${String(operation["operationId"])}: { method: "${method.toUpperCase()}", path: "${path}" },`,
  );
  const types = operations.map(({ operation }) => operationType(operation));
  return `// Made by \`npm run generate\`; change the code of the admin API instead.

/** How each operation of the admin API is called. */
export const operations = {
${ways.join("\n")}
} as const;

/** What each operation takes and answers. */
export interface Operations {
${types.join("\n")}
}
`;
}

function operationType(operation: Json): string {
  const parameters = listOf(operation["parameters"]).map(fieldsOf);
  const inPlace = (place: string): string => {
    const there = parameters.filter((given) => given["in"] === place);
    const required = there.filter((given) => given["required"] === true);
    return objectType(
      Object.fromEntries(there.map((given): [string, unknown] => [String(given["name"]), given["schema"]])),
      required.map((given) => String(given["name"])),
    );
  };
  const [, success] = Object.entries(fieldsOf(operation["responses"])).find(([status]) => status.startsWith("2")) ?? [];
  const body = operation["requestBody"];
  return `  ${String(operation["operationId"])}: {
    path: ${inPlace("path")};
    query: ${inPlace("query")};
    body: ${body === undefined ? "undefined" : typeOf(contentOf(body))};
    answer: ${typeOf(contentOf(success))};
  };`;
}

function contentOf(described: unknown): unknown {
  const [content] = Object.values(fieldsOf(fieldsOf(described)["content"]));
  return fieldsOf(content)["schema"];
}

function typeOf(schema: unknown): string {
  const {
    type,
    enum: values,
    const: value,
    anyOf,
    oneOf,
    items,
    properties,
    required,
    additionalProperties,
  } = fieldsOf(schema);
  if (value !== undefined) return JSON.stringify(value);
  if (Array.isArray(values)) return values.map((one) => JSON.stringify(one)).join(" | ");
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return [...new Set(choices.map((choice) => typeOf(choice)))].join(" | ");
  if (Array.isArray(type)) {
    return type.map((one: unknown) => typeOf({ ...fieldsOf(schema), type: one })).join(" | ");
  }
  switch (type) {
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return type;
    case "array":
      return `readonly (${typeOf(items)})[]`;
    case "object":
      return properties === undefined
        ? `Readonly<Record<string, ${typeOf(additionalProperties)}>>`
        : objectType(fieldsOf(properties), listOf(required).map(String));
    default:
      return "unknown";
  }
}

function objectType(properties: Json, required: readonly string[]): string {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const isRequired = required.includes(name);
    return `readonly ${name}${isRequired ? "" : "?"}: ${typeOf(schema)}${isRequired ? "" : " | undefined"}`;
  });
  return fields.length > 0 ? `{ ${fields.join("; ")} }` : "{}";
}

function fieldsOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
