import { createClient } from "@muster/client";
import { expect, it, onTestFinished } from "vitest";

import { proves } from "../conformance/proves.ts";
import { ADMIN_TOKEN, ENCRYPTION_KEY } from "../harness/admin.ts";
import { certificate, certified } from "../harness/certificates.ts";
import { startEndpoint } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { userSigFor } from "../harness/im.ts";
import { startProgram } from "../harness/program.ts";
import { restApi } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

const sdkAppId = 1400000001;
const secretKey = "the-key-of-the-demo-app";
const token = "the-token-of-the-callbacks";

it(
  "the log at info holds neither secrets nor anything of users, groups and callbacks, also where things go wrong",
  proves("security:log"),
  async () => {
    // The endpoint refuses the beginning, so that attempts fail, and answers with what it was sent.
    let refused = 0;
    const endpoint = await startEndpoint("/callback", ({ raw }) => {
      refused += 1;
      return refused <= 12 ? { status: 500, text: raw } : '{"ErrorCode":0}';
    });
    const folder = temporaryFolder();
    const switches = ["CallbackAfterCreateGroup", "CallbackAfterGroupDestroyed", "CallbackBeforeCreateGroup"];
    const callback = {
      url: endpoint.url,
      token,
      allowPrivateNetwork: true,
      retry: [1, 1, 1],
      switches: switches.map((name) => `Group.${name}`),
    };
    const config = writeConfig(folder, {
      server: {
        port: 0,
        store: await storeIn(folder, "server"),
        adminToken: ADMIN_TOKEN,
        encryptionKey: ENCRYPTION_KEY,
        logLevel: "info",
      },
      apps: [{ sdkAppId, secretKey, administrators: ["administrator"], callback }],
    });
    const server = startProgram(["serve", "--config", config]);
    const url = await server.url();

    const rest = await restApi(url, { sdkAppId, secretKey, administrator: "administrator" });
    const owner = { Owner_Account: "leckie-the-owner" };
    await rest("im_open_login_svc/account_import", { UserID: "leckie-the-owner", Nick: "nick-of-leckie" });
    const group = { ...owner, Type: "Public", Name: "name-of-the-group" };
    for (let i = 0; i < 6; i += 1) {
      await rest("group_open_http_svc/create_group", { ...group, GroupId: `the-group-${i}` });
      await rest("group_open_http_svc/destroy_group", { GroupId: `the-group-${i}` });
    }
    await rest("group_open_http_svc/create_group", { ...group, Type: "none" });
    const wrong = await restApi(url, { sdkAppId, secretKey: "a-wrong-key", administrator: "administrator" });
    await wrong("group_open_http_svc/destroy_group", { GroupId: "the-group-1" });

    const userSig = await userSigFor("peter-the-user");
    const client = createClient({ url, sdkAppId });
    onTestFinished(() => client.logout());
    await client.login({ userID: "peter-the-user", userSig });
    await client.createGroup({ name: "peters-group", groupID: "group-of-peter" });

    const admin = async (bearer: string, method: string, path: string, body?: object): Promise<number> => {
      const response = await fetch(`${url}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      return response.status;
    };
    const path = `/apps/${sdkAppId}`;
    expect(await admin("a-wrong-admin-token", "GET", "/apps")).toBe(401);
    const tls = { ca: certificate("authority"), ...certified("client") };
    expect(await admin(ADMIN_TOKEN, "PATCH", path, { callback: { tls, token: "a-newer-token" } })).toBe(200);
    expect(await admin(ADMIN_TOKEN, "POST", `${path}/secrets`, { secretKey: "a-newer-key" })).toBe(200);
    expect(await admin(ADMIN_TOKEN, "POST", `${path}/users/peter-the-user/user-sig`, {})).toBe(200);
    expect(await admin(ADMIN_TOKEN, "DELETE", `${path}/groups/group-of-peter`)).toBe(200);
    await endpoint.received(13);
    expect(await server.kill("SIGTERM")).toBe(0);

    const log = server.errors();
    // It is there at all, and says that something went wrong.
    expect(log).toContain("the server listens");
    expect(log).toContain("the admin API was used");
    const [, privateKey = ""] = certified("client").key.split("\n");
    const secrets = [
      secretKey,
      token,
      ADMIN_TOKEN,
      "a-wrong-key",
      "a-wrong-admin-token",
      "a-newer-token",
      "a-newer-key",
    ];
    const signed = [userSig, userSig.slice(0, 40), privateKey, "usersig=", "Sign="];
    const personal = ["leckie", "nick-of", "peter", "the-group-", "name-of-the-group", "group-of-peter"];
    const untold = [...secrets, ...signed, ...personal];
    expect(untold.filter((text) => log.includes(text))).toEqual([]);
    expect(server.lines.filter((line) => untold.some((text) => line.includes(text)))).toEqual([]);
  },
);
