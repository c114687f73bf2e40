import { importAccounts, type Call } from "./muster.ts";

/** So many users each group has. */
export const MEMBERS = 10;

/** Creates groups with 10 members, and returns their ids. The members are taken in turn from so many users. */
export async function creatingOn(call: Call, users = MEMBERS): Promise<() => Promise<string>> {
  const known = await importAccounts(call, users);
  let next = 0;
  return async () => {
    const [owner, ...others] = Array.from({ length: MEMBERS }, () => known[next++ % known.length]);
    const MemberList = others.map((Member_Account) => ({ Member_Account }));
    const group = { Type: "Public", Name: "n", Owner_Account: owner, MemberList };
    return String((await call("group_open_http_svc/create_group", group))["GroupId"]);
  };
}

/** Creates a group with 10 members and disbands it, again and again. */
export async function pairOn(call: Call): Promise<() => Promise<void>> {
  const create = await creatingOn(call);
  return async () => {
    await call("group_open_http_svc/destroy_group", { GroupId: await create() });
  };
}
