import fc from "fast-check";
import type * as z from "zod/mini";

/** Values that others have tripped over, beside whatever fast-check makes up. */
const hostile: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  -0,
  0.5,
  1e300,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  "",
  " ",
  "0",
  "1",
  "60",
  "-1",
  "\u0000",
  "\ud800",
  "a\udc00b",
  "\u202egroup",
  "__proto__",
  "constructor",
  "'; DROP TABLE chat_group; --",
  "@TGS#",
  "@TGS#_@TGS#",
  "@TOPIC#_",
  "群".repeat(11),
  "x".repeat(97),
  "x".repeat(5_000),
  [],
  [[]],
  {},
  { length: 3 },
  { toString: 1 },
];

const garbage: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** Texts that mean something where the garbage goes, so that some of it gets past the first check. */
export type Words = Readonly<Record<string, readonly string[]>>;

/**
 * Values that a schema nearly takes: most parts are as it wants them, any of them may be garbage, missing, in
 * quotes or misspelt. `words` are texts by the names of the fields that they are for.
 */
export function nearlyRight(schema: z.core.$ZodType, words: Words, field = ""): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 9, arbitrary: right(schema as z.core.$ZodTypes, words, field) },
    { weight: 1, arbitrary: garbage },
  );
}

function right(schema: z.core.$ZodTypes, words: Words, field: string): fc.Arbitrary<unknown> {
  const { def } = schema._zod;
  switch (def.type) {
    case "object":
      return object(def.shape, words);
    case "optional":
      return right(def.innerType as z.core.$ZodTypes, words, field);
    case "array":
      return fc.array(nearlyRight(def.element, words, field), { maxLength: 4 });
    case "record":
      return fc.dictionary(text(words, ""), nearlyRight(def.valueType, words, ""), { maxKeys: 3 });
    case "enum":
      return fc.constantFrom(...Object.values(def.entries));
    case "literal":
      return fc.constantFrom(...def.values);
    case "boolean":
      return fc.boolean();
    case "number":
      return fc.oneof(fc.nat({ max: 3 }), fc.constantFrom(100, 101, 1_700_000_000, 4_294_967_295, 4_294_967_296));
    case "string":
      return text(words, field);
    default:
      throw new TypeError(`no garbage is known for ${def.type}`);
  }
}

function object(shape: Readonly<Record<string, z.core.$ZodType>>, words: Words): fc.Arbitrary<unknown> {
  const fields = Object.entries(shape).map(([name, schema]) => {
    const present = nearlyRight(schema, words, name).map((value): [string, unknown][] => [[name, value]]);
    const quoted = present.map((pairs): [string, unknown][] =>
      pairs.map(([key, value]) => [key, JSON.stringify(value)]),
    );
    const misspelt = present.map((pairs): [string, unknown][] => pairs.map(([key, value]) => [otherCase(key), value]));
    const left = fc.constant<[string, unknown][]>([]);
    const isOptional = schema._zod.optin === "optional";
    return fc.oneof(
      { weight: 30, arbitrary: present },
      { weight: 1, arbitrary: quoted },
      { weight: 1, arbitrary: misspelt },
      { weight: isOptional ? 30 : 1, arbitrary: left },
    );
  });
  return fc.tuple(...fields).map((pairs) => Object.fromEntries(pairs.flat()));
}

function text(words: Words, field: string): fc.Arbitrary<string> {
  const fitting = words[field] ?? Object.values(words).flat();
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...fitting) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 1, arbitrary: fc.constantFrom(...hostile.filter((one) => typeof one === "string")) },
  );
}

function otherCase(name: string): string {
  const first = name.charAt(0);
  return (first === first.toUpperCase() ? first.toLowerCase() : first.toUpperCase()) + name.slice(1);
}

/**
 * The JSON text of a value, or what somebody who cannot write JSON makes of it: cut off, with a byte changed, keys
 * twice, a `__proto__`, nested in too many lists.
 */
export function nearlyJson(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.tuple(value, fc.noShrink(damage)).map(([one, spoil]) => spoil(JSON.stringify(one)));
}

type Damage = (json: string) => string;

const intact: Damage = (json) => json;

const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 20, arbitrary: fc.constant(intact) },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (at): Damage =>
        (json) =>
          json.slice(0, at % (json.length + 1)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(), fc.string({ unit: "binary", minLength: 1, maxLength: 3 }))
      .map(([at, inserted]): Damage => (json) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + inserted + json.slice(place + 1);
      }),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        '"__proto__":{"isAdministrator":true}',
        '"__proto__":null',
        '"constructor":{"prototype":{}}',
        '"GroupId":"nowhere"',
        '"groupId":"nowhere"',
        '"a":"\\ud800"',
      )
      .map(
        (pair): Damage =>
          (json) =>
            json.startsWith('{"') ? `{${pair},${json.slice(1)}` : `{${pair}}`,
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(2, 63, 64, 65, 10_000).map(
      (depth): Damage =>
        (json) =>
          "[".repeat(depth) + json + "]".repeat(depth),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(63, 64, 65, 10_000).map(
      (depth): Damage =>
        (json) =>
          json.startsWith('{"') ? `{"deep":${'{"a":'.repeat(depth)}1${"}".repeat(depth)},${json.slice(1)}` : json,
    ),
  },
);
