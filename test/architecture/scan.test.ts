import { describe, expect, it } from "vitest";

import { lineAt, scan } from "./scan.ts";

const textsOf = (source: string) =>
  scan(source)
    .texts.toSorted((a, b) => a.start - b.start)
    .map(({ text }) => text);

/** The code with every run of blanks as one, for comparing. */
const codeOf = (source: string) => scan(source).code.replaceAll(/\s+/g, " ").trim();

describe("telling code from comments and texts", () => {
  it("leaves every character and every line where it stood", () => {
    const source = 'const a = "b"; // c\n/* d\n e */ f(`g ${h("i")} j`); /k"/.test(l);\n';
    const { code } = scan(source);
    expect(code).toHaveLength(source.length);
    expect(code.split("\n").map((line) => line.length)).toEqual(source.split("\n").map((line) => line.length));
    expect(code.indexOf("h(")).toBe(source.indexOf("h("));
  });

  it.each([
    ["a line's comment", 'a; // "b" `c\nd;', "a; d;"],
    ["a comment of several lines", "a /* ' \n ` */ b", "a b"],
    ["a comment that never ends", "a /* b", "a"],
    ["a comment at the end", "a // b", "a"],
    ["a text", "a('b // c', \"d 'e' f\")", "a(' ', \" \")"],
    ["a text with escaped quotes", "a('b\\'c', d)", "a(' ', d)"],
    ["a text that is not closed on its line", "a('b\nc", "a(' c"],
    ["a template with code in it", "a(`b ${c({ d: `e ${f} g` })} h`) + i", "a(` ${c({ d: ` ${f} ` })} `) + i"],
    ["a template with a brace and a backtick in it", "`a } \\` ${b} {` + c", "` ${b} ` + c"],
    ["a regular expression", "a = /b\"c'/.test(d)", "a = / /.test(d)"],
    ["a regular expression with a slash in a class", "a = /[/\"]b/g; 'c'", "a = / /g; ' '"],
    ["a regular expression after a word", "return /'/.test(a)", "return / /.test(a)"],
    ["a division", "a / b / 'c'.length", "a / b / ' '.length"],
    ["a division after brackets", "(a) / b[0] / c /* ' */", "(a) / b[0] / c"],
    ["the tags of a page", "<p>{a}</p><b>'c'</b>", "<p>{a}</p><b>' '</b>"],
  ])("knows %s", (_, source, code) => {
    expect(codeOf(source)).toBe(code);
  });

  it("gives the texts, a blank for each piece of code in a template", () => {
    expect(textsOf("f('a', \"b\\\"\", `c ${g('d')} e`) // 'f'")).toEqual(["a", 'b\\"', "c   e", "d"]);
  });

  it("counts lines from 1", () => {
    expect([lineAt("a\nb\nc", 0), lineAt("a\nb\nc", 2), lineAt("a\nb\nc", 4)]).toEqual([1, 2, 3]);
  });
});
