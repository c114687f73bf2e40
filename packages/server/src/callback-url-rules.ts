/** Longest label of a name and longest name, as DNS has them, in characters. */
const MAX_LABEL = 63;
const MAX_NAME = 253;
/** Longest name that Tencent's console takes. */
const MAX_DOCUMENTED_NAME = 63;

/**
 * Why a text cannot be the URL that callbacks are posted to: each completes "the URL …"; none where it can.
 * @see https://trtc.io/document/34520
 */
export function callbackUrlProblems(text: string): string[] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    return ["must be a URL that begins with http:// or https://"];
  }
  const problems: string[] = [];
  if (/[\s\p{Cc}]/u.test(text)) problems.push("must not hold spaces, line breaks or control characters");
  if (url.username !== "" || url.password !== "") {
    problems.push("must not hold a user name or password: set a token instead");
  }
  const name = nameIn(url);
  if (name === undefined) return problems;
  const labels = name.split(".");
  if (labels.some((label) => !/^[a-z0-9_-]+$/.test(label))) {
    problems.push("must have a host name of letters, digits and hyphens, in parts with dots between them");
  } else if (labels.some((label) => label.startsWith("-") || label.endsWith("-"))) {
    problems.push("must not have a host name of which a part begins or ends with a hyphen");
  }
  if (name.length > MAX_NAME || labels.some((label) => label.length > MAX_LABEL)) {
    problems.push(`must not have a host name of more than ${MAX_NAME} characters, or ${MAX_LABEL} in a part`);
  }
  return problems;
}

/**
 * What is unusual about a URL that can be used: what Tencent's console would not take though Muster does, and what
 * is better done otherwise. Each completes "the URL …".
 */
export function callbackUrlNotes(text: string): string[] {
  const url = new URL(text);
  const name = nameIn(url) ?? "";
  const notes: [boolean, string][] = [
    [url.protocol === "http:", "is not https: whoever is on the way can read and change callbacks"],
    [
      url.search !== "",
      "has a query of its own, which stays in front of the documented one; Tencent's console takes none",
    ],
    [url.hash !== "", "has a part behind #, which is not sent"],
    [/[!$&'()*+,;=@]/.test(url.pathname), "has special characters in its path, which Tencent's console does not take"],
    [name.includes("_"), "has _ in its host name, which Tencent's console does not take"],
    [name.includes("--"), "has two hyphens in a row in its host name, which Tencent's console does not take"],
    [
      name.length > MAX_DOCUMENTED_NAME,
      `has a host name of more than ${MAX_DOCUMENTED_NAME} characters, which Tencent's console does not take`,
    ],
  ];
  return notes.flatMap(([holds, note]) => (holds ? [note] : []));
}

/** The host where it is a name, not an address; a dot that ends it is not looked at. */
function nameIn({ hostname }: URL): string | undefined {
  const isAddress = hostname.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
  return isAddress ? undefined : hostname.replace(/\.$/, "");
}
