import fc from "fast-check";
import { expect, it } from "vitest";

import { changesBetween, NotedMap } from "./noted-map.ts";

const value = fc.oneof(fc.constantFrom("x", "y"), fc.record({ role: fc.constantFrom("a", "b"), at: fc.nat(1) }));
const act = fc.oneof(
  fc.record({ what: fc.constant("set" as const), key: fc.nat(4), value }),
  fc.record({ what: fc.constant("delete" as const), key: fc.nat(4) }),
  fc.record({ what: fc.constant("clear" as const) }),
);

it("tells exactly what has to be written over its former state", () => {
  fc.assert(
    fc.property(fc.array(fc.array(act, { maxLength: 12 }), { maxLength: 5 }), (rounds) => {
      const map = new NotedMap<number, unknown>();
      map.takeNotes();
      const mirror = new Map<number, unknown>();
      for (const acts of rounds) {
        const before = new Map(map);
        for (const one of acts) {
          if (one.what === "set") map.set(one.key, one.value);
          else if (one.what === "delete") map.delete(one.key);
          else map.clear();
        }
        const changes = map.readNotes();
        const byKey = (list: typeof changes) => list.toSorted(([a], [b]) => a - b);
        expect(byKey(changes)).toEqual(byKey(changesBetween(before, map)));
        for (const [key, now] of changes) {
          if (now === undefined) mirror.delete(key);
          else mirror.set(key, now);
        }
        expect(mirror).toEqual(new Map(map));
      }
    }),
  );
});

it("notes nothing until it is to", () => {
  const map = new NotedMap<string, number>();
  map.set("a", 1).set("b", 2);
  map.delete("a");
  expect(map.readNotes()).toEqual([]);
});
