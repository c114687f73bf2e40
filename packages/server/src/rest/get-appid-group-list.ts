import { ErrorCode, groupTypeNames, parseGroupType, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { endpoint } from "./rest-endpoint.ts";

/** Most groups of one page, and as many as come where nothing is said. */
const PAGE = 10_000;

/** `group_open_http_svc/get_appid_group_list`: `Next` is the place of the page's last group in their order of creation. */
export const getAppidGroupListEndpoint = endpoint(
  restCommands.getAppidGroupList,
  async (executor, app, _caller, { GroupType, Limit = PAGE, Next = 0 }) => {
    const reads = executor.store.read(app.sdkAppId);
    const type = GroupType === undefined ? undefined : parseGroupType(GroupType);
    if (GroupType !== undefined && type === undefined) {
      return refuse(ErrorCode.InvalidParameter, `GroupType must be one of ${groupTypeNames.join(", ")}`);
    }
    // One more than the page tells whether another page follows.
    const query = { after: Next, ...(type === undefined ? {} : { type }) };
    const { groupIds } = await reads.groupPage({ ...query, limit: Limit + 1 });
    const page = await reads.groupPage({ ...query, limit: Limit });
    return {
      ok: true,
      fields: {
        TotalCount: await reads.groupCount(type),
        GroupIdList: page.groupIds.map((GroupId) => ({ GroupId })),
        Next: groupIds.length > Limit ? page.next : 0,
      },
    };
  },
);
