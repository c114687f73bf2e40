/**
 * An app backend written from the seeds alone: three documents of Tencent Cloud Chat, plain node:http, nothing
 * of Muster. It keeps the groups and topics that it understands to exist.
 */
import { createServer, type Server } from "node:http";

export interface SeedHandler {
  readonly server: Server;
  readonly groups: Map<string, { owner: string; name: string; members: string[]; custom: Record<string, string> }>;
  /** What it was told, a line each. */
  readonly log: string[];
}

interface Account {
  readonly Member_Account: string;
}

export function createSeedHandler(sdkAppId: string): SeedHandler {
  const groups: SeedHandler["groups"] = new Map();
  const log: string[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const query = new URL(request.url ?? "", "http://backend").searchParams;
      if (request.method !== "POST" || query.get("SdkAppid") !== sdkAppId) {
        response.writeHead(403).end();
        return;
      }
      const body = JSON.parse(text) as Record<string, unknown>;
      if (query.get("CallbackCommand") !== body["CallbackCommand"] || query.get("contenttype") !== "json") {
        response.writeHead(400).end();
        return;
      }
      understand(body, `${query.get("OptPlatform")} ${query.get("ClientIP")}`);
      response.writeHead(200).end(JSON.stringify({ ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 }));
    });
  });

  function understand(body: Record<string, unknown>, from: string): void {
    const groupId = body["GroupId"] as string;
    switch (body["CallbackCommand"]) {
      case "Group.CallbackAfterCreateGroup": {
        const members = (body["MemberList"] as Account[]).map((member) => member.Member_Account);
        const fields = (body["UserDefinedDataList"] ?? []) as { Key: string; Value: string }[];
        groups.set(groupId, {
          owner: body["Owner_Account"] as string,
          name: body["Name"] as string,
          members,
          custom: Object.fromEntries(fields.map((field) => [field.Key, field.Value])),
        });
        log.push(`created ${groupId} (${String(body["Type"])}) by ${String(body["Operator_Account"])} from ${from}`);
        break;
      }
      case "Group.CallbackAfterGroupDestroyed": {
        groups.delete(groupId);
        const members = ((body["MemberList"] ?? []) as Account[]).map((member) => member.Member_Account);
        log.push(`disbanded ${groupId} of ${String(body["Owner_Account"])} with ${members.join(", ")} from ${from}`);
        break;
      }
      case "Group.CallbackAfterTopicDestroyed":
        log.push(`topics deleted in ${groupId}: ${(body["TopicIdList"] as string[]).join(", ")} from ${from}`);
        break;
    }
  }

  return { server, groups, log };
}
