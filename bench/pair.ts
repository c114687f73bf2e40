import { importAccounts, type Call } from "./muster.ts";

/** Creates groups with 10 members, and returns their ids. */
export async function creatingOn(call: Call): Promise<() => Promise<string>> {
  const [owner, ...others] = await importAccounts(call, 10);
  const MemberList = others.map((Member_Account) => ({ Member_Account }));
  const group = { Type: "Public", Name: "n", Owner_Account: owner, MemberList };
  return async () => String((await call("group_open_http_svc/create_group", group))["GroupId"]);
}

/** Creates a group with 10 members and disbands it, again and again. */
export async function pairOn(call: Call): Promise<() => Promise<void>> {
  const create = await creatingOn(call);
  return async () => {
    await call("group_open_http_svc/destroy_group", { GroupId: await create() });
  };
}
