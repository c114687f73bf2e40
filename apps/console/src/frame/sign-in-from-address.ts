import { call } from "../api/call.ts";
import { session } from "../api/session.ts";

/**
 * Signs in with the token behind the `#` of the address, as `npm start` prints it, and takes it out of there. What
 * stands behind a `#` goes to no server and no log.
 */
export async function signInFromAddress(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  history.replaceState(null, "", location.pathname + location.search);
  try {
    await call("signIn", { body: { token } });
    session.set("in");
  } catch {
    // The dialog asks for the token then, and says what is wrong.
  }
}
