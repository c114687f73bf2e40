import * as z from "zod/mini";

/** A user's id as callbacks carry it. It may be empty: a Work group can be without an owner. */
export const account = z.string();

/** `[{ "Member_Account": "leckie" }, …]`: how every list of users travels in a callback. */
export const memberAccounts = z.array(z.looseObject({ Member_Account: z.string() }));

/** Custom fields as they travel: `[{ "Key": "UserDefined1", "Value": "hello" }, …]`. */
export const keyValues = z.array(z.looseObject({ Key: z.string(), Value: z.string() }));
