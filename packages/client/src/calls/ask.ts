import type { UserReplies, UserRequestName, userRequests } from "@muster/protocol";
import type * as z from "zod/mini";

/** Asks the server for something, in the name of the user who is logged in. */
export interface Ask {
  /** @throws {ClientError} `NotLoggedIn`, or why the request failed */
  <N extends UserRequestName>(command: N, body: z.input<(typeof userRequests)[N]>): Promise<UserReplies[N]>;
}
