import { importAccounts, type Call } from "./muster.ts";

/** Creates a group with 10 members and disbands it, again and again. */
export async function pairOn(call: Call): Promise<() => Promise<void>> {
  const [owner, ...others] = await importAccounts(call, 10);
  const MemberList = others.map((Member_Account) => ({ Member_Account }));
  const group = { Type: "Public", Name: "n", Owner_Account: owner, MemberList };
  return async () => {
    const { GroupId } = await call("group_open_http_svc/create_group", group);
    await call("group_open_http_svc/destroy_group", { GroupId });
  };
}
