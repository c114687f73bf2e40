import { groupTypes, oldTypeName } from "@muster/protocol";
import { expect, it } from "vitest";

import { TYPES } from "./types.ts";

it("the types are all there are, by the names of the wire", () => {
  expect(new Set(Object.values(TYPES))).toEqual(new Set(groupTypes.map(oldTypeName)));
});
