import { randomUUID } from "node:crypto";

import { systemClock } from "@muster/foundation";
import { callbackCommands, isCallbackCommand, type CallbackCommand } from "@muster/protocol";
import { sampleFields } from "@muster/receiver/testing";
import { triggerCallback } from "@muster/server";
import { Argument, Command, InvalidArgumentError } from "commander";

import { parseHttpUrl, parseSdkAppId } from "./options.ts";
import { createOutput } from "./output.ts";
import { printable } from "./printable.ts";

interface Options {
  readonly url: string;
  readonly sdkappid: number;
  readonly token?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly json?: true;
}

/** `muster trigger`: one sample callback to any app backend. */
export const trigger = new Command("trigger")
  .description("send one sample callback to any app backend, and print the exchange")
  .addArgument(new Argument("<command>", "e.g. Group.CallbackAfterGroupDestroyed").argParser(parseCommand))
  .requiredOption("--url <url>", "the app backend's callback URL", parseHttpUrl)
  .requiredOption("--sdkappid <number>", "the app", parseSdkAppId)
  .option("--token <text>", "signs the callback, as the app's token would")
  .option("--data <json>", "an object whose fields are laid over the sample's", parseData)
  .option("--json", "a JSON line, at a terminal too")
  .addHelpText(
    "after",
    "\nExample:\n  $ muster trigger Group.CallbackAfterGroupDestroyed --url http://127.0.0.1:9100/callback " +
      `--sdkappid 1400000001\n  $ muster trigger Group.CallbackAfterCreateGroup --url https://backend.example.com/im \\\n` +
      `      --sdkappid 1400000001 --token TOKEN --data '{"GroupId":"chess"}'\n\nCommands:\n  ${callbackCommands.join("\n  ")}`,
  )
  .action(async (command: CallbackCommand, { url, sdkappid: sdkAppId, token, data, json }: Options) => {
    const output = createOutput(json ?? false);
    const sample = sampleFields[command];
    const now = "EventTime" in sample ? { EventTime: Date.now() } : {};
    const body = { CallbackCommand: command, ...sample, ...now, ...data };
    const id = `trigger-${randomUUID()}`;
    const exchange = await triggerCallback(
      { url, sdkAppId, token, command, id, body: JSON.stringify(body) },
      systemClock,
    );
    const { parameters, durationMs, outcome, status, answer, problem } = exchange;
    const { bold, dim, green, red } = output.colors;
    output.tell({ event: "exchange", url, id, signed: token !== undefined, body, ...exchange });
    output.say(`${bold("POST")} ${url} ${dim(`?${parameters}${token === undefined ? "" : "&Sign=…&RequestTime=…"}`)}`);
    output.say(`${JSON.stringify(body, undefined, 2)}\n`);
    output.say(
      `${bold(String(status ?? outcome))} ${dim(`after ${durationMs} ms`)}${answer === undefined ? "" : `\n${answer.split("\n").map(printable).join("\n")}`}`,
    );
    output.say(problem ? red(`Not delivered: ${problem.message}; ${problem.remedy}`) : green("Delivered."));
    if (problem) process.exitCode = 1;
  });

function parseCommand(text: string): CallbackCommand {
  if (isCallbackCommand(text)) return text;
  throw new InvalidArgumentError("It is no callback; --help lists them.");
}

function parseData(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError("It must be a JSON object.");
  }
  return value as Readonly<Record<string, unknown>>;
}
