import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** Who is let in, and how. */
export interface KafkaLogin {
  readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
  readonly username: string;
  readonly password: string;
}

/** How one connection logs in (RFC 4616, RFC 5802), as a broker sees it. */
export interface KafkaSession {
  /** Whether the mechanism is the one that there is. */
  begin(mechanism: string): boolean;
  /** What is answered to a message of the client's; `undefined` where it is not let in. */
  hear(message: Buffer): Buffer | undefined;
  isIn(): boolean;
}

const ITERATIONS = 4_096;

export function createKafkaSession({ mechanism, username, password }: KafkaLogin): KafkaSession {
  const hash = mechanism === "SCRAM-SHA-512" ? "sha512" : "sha256";
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
  const salt = randomBytes(16);
  let isIn = false;
  /** Both first messages of SCRAM, once they have been said. */
  let said: string | undefined;

  function plain(message: Buffer): Buffer | undefined {
    isIn = message.toString() === `\0${username}\0${password}`;
    return isIn ? Buffer.alloc(0) : undefined;
  }

  function first(message: string): Buffer | undefined {
    const [, bare = "", user, nonce = ""] = /^n,,(n=([^,]*),r=(.+))$/.exec(message) ?? [];
    if (user !== username) return undefined;
    const answer = `r=${nonce}${randomBytes(12).toString("base64")},s=${salt.toString("base64")},i=${ITERATIONS}`;
    said = `${bare},${answer}`;
    return Buffer.from(answer);
  }

  function last(message: string, before: string): Buffer | undefined {
    const [, withoutProof = "", proof = ""] = /^(.+),p=(.+)$/.exec(message) ?? [];
    const salted = pbkdf2Sync(password, salt, ITERATIONS, hash === "sha512" ? 64 : 32, hash);
    const clientKey = hmac(salted, "Client Key");
    const everything = `${before},${withoutProof}`;
    const signature = hmac(createHash(hash).update(clientKey).digest(), everything);
    const proved = Buffer.from(proof, "base64").map((byte, i) => byte ^ (signature[i] ?? 0));
    isIn = clientKey.equals(proved);
    return isIn ? Buffer.from(`v=${hmac(hmac(salted, "Server Key"), everything).toString("base64")}`) : undefined;
  }

  return {
    begin: (asked) => asked === mechanism,
    hear(message) {
      if (mechanism === "PLAIN") return plain(message);
      return said === undefined ? first(message.toString()) : last(message.toString(), said);
    },
    isIn: () => isIn,
  };
}
