/** The function. In earnest its inbox is a database: what is in memory ends with the function's instance. */
import { createMemoryInbox, createReceiver } from "@muster/receiver";
import { lambdaHandler } from "@muster/receiver/lambda";

export const app = { sdkAppId: 1400000001, token: "the token that both sides know" };
export const inbox = createMemoryInbox();

const receiver = createReceiver({ apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }], inbox });

export const handler = lambdaHandler(receiver);
