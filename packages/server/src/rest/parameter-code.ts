import { ErrorCode } from "@muster/protocol";
import type * as z from "zod/mini";

/** The code for a body that does not fit its command's schema: the services have codes of their own. */
export function parameterCode(service: string, issues: readonly z.core.$ZodIssue[]): ErrorCode {
  if (service === "im_open_login_svc") return ErrorCode.AccountParameterInvalid;
  if (service !== "openim") return ErrorCode.InvalidParameter;
  // A list of nobody counts as a body that cannot be read, a list of anything but texts as one of the wrong form.
  const isForm = issues.some(({ code, path }) => path[0] === "To_Account" && code !== "too_small");
  return isForm ? ErrorCode.TargetsMalformed : ErrorCode.TargetsMissing;
}
