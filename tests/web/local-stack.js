/** A local stack for the tests of a file, as `make dev` serves it. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before } from "node:test";

import { Machine } from "./machine.js";

export const ROOT = new URL("../../", import.meta.url);
let stack;
export let url;
let numbers = 1000;

before(async () => {
  const python = process.env.PYTHON ?? ".venv/bin/python";
  stack = spawn(python, ["-m", "local", "--port", "0"], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface(stack.stdout); // must be read, or the stack could not print
  [url] = /http:\/\/127\.0\.0\.1:\d+/.exec((await once(lines, "line"))[0]);
});

after(async () => {
  stack.kill("SIGTERM");
  await once(stack, "exit");
});

export const newPhone = () => `+1212555${(numbers += 1)}`;
export const tab = (options, machine = new Machine()) => machine.tab({ fetch }, { baseUrl: url, ...options });

/** Call a path of the local stack's own, under `/_local/`. */
export async function local(path, body) {
  const response = await fetch(`${url}/_local/${path}`, body && { method: "POST", body: JSON.stringify(body) });
  return response.json();
}

/** The newest code that was sent to an address; waits for this number of messages. */
export async function code(to, count = 1) {
  for (;;) {
    const messages = await local(`messages?to=${encodeURIComponent(to)}`);
    if (messages.length >= count) return messages[0].code;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
