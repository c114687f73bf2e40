import * as z from "zod";

import { CommandFailure, unreachedReason } from "./failure.ts";
import { recorderHeaders } from "./recorder-token.ts";

/** The recorder that a command asks. */
export interface AskedRecorder {
  readonly url: string;
  readonly token?: string;
}

const refusal = z.object({ ErrorInfo: z.string() });

/**
 * What a recorder answers to a question about what it has.
 * @param question the path with its query, as a URL at the recorder
 * @param mediaType of the answer; another one is not a recorder's: an IM backend answers 200 whatever it is asked
 * @throws {CommandFailure} where none answers, or it refuses
 */
export async function askRecorder({ url, token }: AskedRecorder, question: URL, mediaType: string): Promise<Response> {
  const response = await fetch(question, { headers: recorderHeaders(token) }).catch((error: unknown) => {
    throw new CommandFailure(
      `No recorder answers at ${url} (${unreachedReason(error)}): start one (npm start, or muster record), or name another with --url.`,
    );
  });
  if (response.ok && response.headers.get("content-type")?.startsWith(mediaType)) return response;
  const text = await response.text();
  if (response.ok) throw new CommandFailure(`What answers at ${url} is no recorder: name the recorder with --url.`);
  throw new CommandFailure(`The recorder at ${url} refused (${response.status}): ${reasonIn(text)}`);
}

function reasonIn(text: string): string {
  try {
    return refusal.parse(JSON.parse(text)).ErrorInfo;
  } catch {
    return text;
  }
}
