import type { ReactNode } from "react";

import { usePlace } from "../../route/location.ts";
import type { PageProps } from "../page-props.ts";
import { GroupList } from "./group-list.tsx";
import { GroupPage } from "./group-page.tsx";

/** All groups of an app, or one of them. */
export function Groups({ app }: PageProps): ReactNode {
  const { item } = usePlace();
  return item === undefined ? (
    <GroupList key={app.sdkAppId} sdkAppId={app.sdkAppId} />
  ) : (
    <GroupPage key={item} sdkAppId={app.sdkAppId} groupId={item} />
  );
}
