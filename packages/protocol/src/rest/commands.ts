import { accountImport } from "./account-import.ts";
import { createGroup } from "./create-group.ts";
import { createTopic } from "./create-topic.ts";
import { destroyGroup } from "./destroy-group.ts";
import { destroyTopic } from "./destroy-topic.ts";
import type { RestCommand } from "./envelope.ts";
import { getGroupInfo } from "./get-group-info.ts";

/** The commands of the REST API that Muster has. */
export const restCommands = {
  accountImport,
  createGroup,
  createTopic,
  destroyGroup,
  destroyTopic,
  getGroupInfo,
} as const satisfies Record<string, RestCommand>;
