import { Option } from "commander";

/** Of whatever asks a recorder something. */
export const RECORDER_TOKEN_VARIABLE = "MUSTER_RECORDER_ADMIN_TOKEN";

/** The option by which a command is told what lets it in at the recorder. */
export function recorderTokenOption(flags: string): Option {
  return new Option(
    flags,
    `the recorder's admin token, where it has one; ${RECORDER_TOKEN_VARIABLE} where it is absent`,
  );
}

/** The headers that let one in with a token, or with that of the environment. */
export function recorderHeaders(token = process.env[RECORDER_TOKEN_VARIABLE]): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
