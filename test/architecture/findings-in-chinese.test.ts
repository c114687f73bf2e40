import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { zhFindings } from "../../apps/console/src/i18n/zh-findings.ts";
import { zhSentence } from "../../apps/console/src/i18n/zh-sentence.ts";
import { scan } from "./scan.ts";

const server = join(import.meta.dirname, "../../packages/server/src");
const sources = ["dispatch/explain-failure.ts", "dispatch/verify-callback.ts", "callback-url-rules.ts"];
/** What joins others, and names of what is not shown. */
const noSentence = new Set(["the URL", "; it", "not reached", "connect-timeout"]);

/** What is said in a source file: texts of more than one word, a blank where something stands that differs. */
function saidIn(file: string): string[] {
  const { texts } = scan(readFileSync(join(server, file), "utf8"));
  return texts.map(({ text }) => text.replaceAll(/\s+/g, " ").trim()).filter((text) => text.includes(" "));
}

describe("what is found wrong with a callback URL", () => {
  const known = new Set(Object.keys(zhFindings).map((key) => key.replaceAll("{}", " ").replaceAll(/\s+/g, " ").trim()));
  const said = new Set(sources.flatMap(saidIn));

  it("has words in Chinese, and no words are left over", () => {
    expect([...said].filter((text) => !known.has(text) && !noSentence.has(text))).toEqual([]);
    expect([...known].filter((key) => key.includes(" ") && !said.has(key) && !noSentence.has(key))).toEqual([]);
  });

  it.each([
    ["the connection was refused", "连接被拒绝。"],
    ["the answer's HTTP status is 404, not 200", "应答的 HTTP 状态码是 404，不是 200。"],
    ["the answer is not a JSON object, but a web page", "应答不是 JSON 对象，而是网页。"],
    ["does the endpoint check Sign with this token?", "后台是否使用此 Token 校验 Sign？"],
    ['is "ftp://x": must be a URL that begins with http:// or https://', "必须是以 http:// 或 https:// 开头的 URL。"],
    [
      "the URL is not https: whoever is on the way can read and change callbacks; it has a part behind #, which is not sent",
      "不是 https：途中的任何人都可以读取和修改回调；# 之后的部分不会发送。",
    ],
    ["must not be wider than /8", "Must not be wider than /8."],
  ])("says %s", (english, chinese) => {
    expect(zhSentence(english)).toBe(chinese);
  });
});
