import { figure, type Row } from "../figure.ts";
import { importAccounts, startBenchServer, type BenchServer, type Call } from "../muster.ts";

const CREATIONS = 300;
const GROUP_MEMBERS = 6_000;
const COMMUNITY_MEMBERS = Number(process.env["CAMPAIGN_MEMBERS"] ?? 100_000);
/** Most members that one add_group_member takes, and one page of a community's. */
const BATCH = 300;
const PAGE = 100;
/** How often what takes long is measured. */
const TIMES = 15;

/** What commands on large groups cost, and how much memory the server takes for a community. */
export async function costs(): Promise<Row[]> {
  return [...(await ofCreation()), ...(await ofLargeGroups()), ...(await ofCommunity())];
}

/** How long a caller waits for a group with 100 members, beside a group without any, by turns. */
async function ofCreation(): Promise<Row[]> {
  const server = await startBenchServer();
  try {
    const { call } = server;
    const MemberList = (await importAccounts(call, 100)).map((Member_Account) => ({ Member_Account }));
    const group = { Type: "Public", Name: "n" };
    const create = (more: object): Promise<number> =>
      timed(() => call("group_open_http_svc/create_group", { ...group, ...more }));
    const without: number[] = [];
    const withMembers: number[] = [];
    for (let i = 0; i < CREATIONS; i += 1) {
      without.push(await create({}));
      withMembers.push(await create({ MemberList }));
    }
    const [base, full] = [median(without), median(withMembers)];
    return [
      figure("create_group without members, median", base, "ms"),
      figure("create_group with 100 members, median", full, "ms"),
      figure("create_group with 100 members, times one without", full / base, "×", { bar: { atMost: 3 } }),
    ];
  } finally {
    await server.stop();
  }
}

async function ofLargeGroups(): Promise<Row[]> {
  const server = await startBenchServer();
  try {
    const { call } = server;
    const users = await importAccounts(call, GROUP_MEMBERS);
    const listing: number[] = [];
    const disbanding: number[] = [];
    for (let i = 0; i < TIMES; i += 1) {
      const GroupId = await groupOf(call, { Type: "Public" }, users);
      const list = {
        Member_Account: users[i],
        ResponseFilter: { GroupBaseInfoFilter: ["Type", "Name", "MemberNum"], SelfInfoFilter: ["Role", "JoinTime"] },
      };
      for (let j = 0; j < TIMES; j += 1) {
        listing.push(await timed(() => call("group_open_http_svc/get_joined_group_list", list)));
      }
      disbanding.push(await timed(() => call("group_open_http_svc/destroy_group", { GroupId })));
    }
    const of = `of a group with ${GROUP_MEMBERS} members`;
    const bar = { atMost: 50 };
    return [
      figure(`get_joined_group_list ${of}, median`, median(listing), "ms", { bar }),
      figure(`destroy_group ${of}, median`, median(disbanding), "ms", { bar }),
    ];
  } finally {
    await server.stop();
  }
}

async function ofCommunity(): Promise<Row[]> {
  const server = await startBenchServer();
  try {
    const { call } = server;
    const users = await importAccounts(call, COMMUNITY_MEMBERS);
    const before = server.memory();
    const creating = await timed(() => groupOf(call, { Type: "Community", GroupId: "@TGS#_large" }, users));
    let listed = 0;
    const listing = await timed(async () => (listed = await listPages(call, "@TGS#_large")));
    if (listed !== COMMUNITY_MEMBERS) throw new Error(`the figure does not count: ${listed} members were listed`);
    const disbanding = await timed(() => call("group_open_http_svc/destroy_group", { GroupId: "@TGS#_large" }));
    const name = `community of ${COMMUNITY_MEMBERS}`;
    return [
      figure(`${name}: created, ${BATCH} members a call`, creating / 1000, "s"),
      figure(`${name}: listed, ${PAGE} members a page`, listing / 1000, "s"),
      figure(`${name}: disbanded`, disbanding, "ms"),
      grown(`${name}: growth of the server's memory at its peak`, before, server.memory()),
    ];
  } finally {
    await server.stop();
  }
}

/** The most that the process has had at any time since, beyond what it had before. */
function grown(name: string, before: ReturnType<BenchServer["memory"]>, after: typeof before): Row {
  if (!before || !after) return { name, skipped: "the memory of another process is read from /proc, which Linux has" };
  return figure(name, after.peak - before.now, "MB", { bar: { atMost: 150 } });
}

async function groupOf(call: Call, group: object, users: readonly string[]): Promise<unknown> {
  const { GroupId } = await call("group_open_http_svc/create_group", { Name: "n", ...group });
  for (let at = 0; at < users.length; at += BATCH) {
    const MemberList = users.slice(at, at + BATCH).map((Member_Account) => ({ Member_Account }));
    await call("group_open_http_svc/add_group_member", { GroupId, MemberList });
  }
  return GroupId;
}

/** Walks through all pages of a community's members, and returns how many there were. */
async function listPages(call: Call, GroupId: string): Promise<number> {
  let count = 0;
  let next: unknown = "";
  do {
    const page = await call("group_open_http_svc/get_group_member_info", { GroupId, Limit: PAGE, Next: next });
    count += (page["MemberList"] as unknown[]).length;
    next = page["Next"];
  } while (next !== "");
  return count;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
