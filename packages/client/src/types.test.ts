import { groupTypes, oldTypeName } from "@muster/protocol";
import { expect, it } from "vitest";

import { TYPES } from "./types.ts";

it("the types are all there are, by the names of the wire", () => {
  const { GRP_WORK, GRP_PUBLIC, GRP_MEETING, GRP_AVCHATROOM, GRP_COMMUNITY, GRP_PRIVATE, GRP_CHATROOM } = TYPES;
  const ours = [GRP_WORK, GRP_PUBLIC, GRP_MEETING, GRP_AVCHATROOM, GRP_COMMUNITY, GRP_PRIVATE, GRP_CHATROOM];
  expect(new Set<string>(ours)).toEqual(new Set(groupTypes.map(oldTypeName)));
});
