import { restCommands } from "@muster/protocol";

import { groupTypeFilter } from "./group-type-filter.ts";
import { endpoint } from "./rest-endpoint.ts";

/** Most groups of one page, and as many as come where nothing is said. */
const PAGE = 10_000;

/** `group_open_http_svc/get_appid_group_list`: `Next` is the place of the page's last group in their order of creation. */
export const getAppidGroupListEndpoint = endpoint(
  restCommands.getAppidGroupList,
  async (executor, app, _caller, { GroupType, Limit = PAGE, Next = 0 }) => {
    const reads = executor.store.read(app.sdkAppId);
    const filter = groupTypeFilter(GroupType);
    if (!filter.ok) return filter;
    const { type } = filter;
    const query = type === undefined ? {} : { type };
    const { groupIds, next } = await reads.groupPage({ ...query, after: Next, limit: Limit });
    const behind = await reads.groupPage({ ...query, after: next, limit: 1 });
    return {
      ok: true,
      fields: {
        TotalCount: await reads.groupCount(type),
        GroupIdList: groupIds.map((GroupId) => ({ GroupId })),
        Next: behind.groupIds.length > 0 ? next : 0,
      },
    };
  },
);
