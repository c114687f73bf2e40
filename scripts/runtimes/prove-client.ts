import { createClient, EVENT, TYPES, type Client, type WebSocketConstructor } from "@muster/client";
import { signUserSig } from "@muster/protocol";

/** Where app users log in. */
export interface Im {
  readonly url: string;
  readonly sdkAppId: number;
  readonly secretKey: string;
}

/** How long peter waits to be told, in ms. */
const PATIENCE = 30_000;
/** What a notice says of a group that is gone. */
const DISBANDED = 5;

/** Proves the client against a server: leckie makes a group with peter and disbands it, and peter is told. */
export async function proveClient({ url, sdkAppId, secretKey }: Im, WebSocket?: WebSocketConstructor): Promise<void> {
  async function logIn(userID: string): Promise<Client> {
    const client = createClient({ url, sdkAppId, ...(WebSocket && { WebSocket }) });
    const claims = { sdkAppId, userId: userID, issuedAt: Math.floor(Date.now() / 1000), expiresIn: 3_600 };
    await client.login({ userID, userSig: await signUserSig(claims, secretKey) });
    return client;
  }

  const [peter, leckie] = [await logIn("peter"), await logIn("leckie")];
  const disbanded = new Promise<string>((resolve, reject) => {
    setTimeout(() => reject(new Error(`peter was not told within ${PATIENCE} ms`)), PATIENCE);
    peter.on(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, ({ data }) => {
      if (data.operationType === DISBANDED) resolve(data.groupID);
    });
  });
  const memberList = [{ userID: "peter" }];
  const { data } = await leckie.createGroup({ name: "chess", type: TYPES.GRP_PUBLIC, memberList });
  await leckie.dismissGroup(data.group.groupID);
  const told = await disbanded;
  if (told !== data.group.groupID) throw new Error(`peter was told of ${told} instead of ${data.group.groupID}`);
  await Promise.all([leckie.logout(), peter.logout()]);
}
