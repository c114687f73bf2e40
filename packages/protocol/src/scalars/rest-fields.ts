import * as z from "zod/mini";

import { USER_ID_MAX_BYTES } from "../ids.ts";
import { byteText } from "./byte-text.ts";

/** A user's id in a request: not empty, at most 32 bytes. */
export const userId = byteText(USER_ID_MAX_BYTES).check(z.minLength(1));

/** A group's id in a request. Whether it can be one is the command's to say: that has a code of its own. */
export const groupIdField = z.string();

/** Custom fields in a request. */
export const appDefinedData = z.array(z.object({ Key: z.string().check(z.minLength(1)), Value: byteText(512) }));

/** A group's texts and their limits, the same wherever they are set. */
export const groupTexts = {
  Introduction: z.optional(byteText(240)),
  Notification: z.optional(byteText(300)),
  FaceUrl: z.optional(byteText(100)),
};

/** A group's or topic's name. */
export const nameField = byteText(30).check(z.minLength(1));

/** 0 or 1, as the REST API spells a yes or no. */
export const zeroOrOne = z.literal([0, 1]);
