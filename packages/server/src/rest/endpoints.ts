import { accountImportEndpoint } from "./account-import.ts";
import { createGroupEndpoint } from "./create-group.ts";
import { createTopicEndpoint } from "./create-topic.ts";
import { destroyGroupEndpoint } from "./destroy-group.ts";
import { destroyTopicEndpoint } from "./destroy-topic.ts";
import { getGroupInfoEndpoint } from "./get-group-info.ts";
import type { RestEndpoint } from "./rest-endpoint.ts";

const endpoints: readonly RestEndpoint[] = [
  accountImportEndpoint,
  createGroupEndpoint,
  createTopicEndpoint,
  destroyGroupEndpoint,
  destroyTopicEndpoint,
  getGroupInfoEndpoint,
];

const services = new Map<string, Map<string, RestEndpoint>>();
for (const one of endpoints) {
  const commands = services.get(one.wire.service) ?? new Map<string, RestEndpoint>();
  commands.set(one.wire.command, one);
  services.set(one.wire.service, commands);
}

/** The commands of a service by their names; `undefined` where there is no such service. */
export function commandsOf(service: string): ReadonlyMap<string, RestEndpoint> | undefined {
  return services.get(service);
}
