import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { gzipSync } from "node:zlib";

import * as module from "../../web/customer-auth.js";

const read = (name) => readFile(new URL(`../../web/${name}`, import.meta.url), "utf8");

/** What stands in the body of a class, by name: the comment above it. */
function members(text, name) {
  const [, body] = new RegExp(`^export class ${name} [^\\n]*\\{\\n(.*?)^\\}`, "ms").exec(text);
  const member = /((?:^ {2}\/\*\*(?:(?!\*\/).)*\*\/\n)?)^ {2}(?:readonly |get |async )*([a-z]\w*)[(:?]/gms;
  return new Map([...body.matchAll(member)].map(([, comment, key]) => [key, comment]));
}

test("the module is at most 6 KB gzipped, as it is, with its comments", async () => {
  const { length } = gzipSync(await read("customer-auth.js"), { level: 9 });
  assert.ok(length <= 6 * 1024, `${length} bytes`);
});

test("the module stands alone", async () => {
  assert.doesNotMatch(await read("customer-auth.js"), /^import |\bimport\(["'](?!\.\/customer-auth\.js)|\brequire\(|console\./m);
});

test("the types name every public member of the client, and no other, with the module's own words", async () => {
  const told = members(await read("customer-auth.d.ts"), "CustomerAuth");
  const said = members(await read("customer-auth.js"), "CustomerAuth");
  const there = Object.getOwnPropertyNames(module.CustomerAuth.prototype);
  told.delete("constructor");

  assert.deepEqual([...told.keys()].sort(), there.filter((name) => name !== "constructor").sort());
  for (const [name, comment] of told) assert.equal(comment, said.get(name), name);
});

test("the types name everything that is exported, and every field of an error", async () => {
  const types = await read("customer-auth.d.ts");
  const exported = [...types.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(exported.sort(), Object.keys(module).sort());

  const details = { status: 429, errors: [], errorCode: "E", retryAfterSeconds: 1, requestId: "r" };
  const fields = members(types, "AuthError");
  fields.delete("constructor");
  assert.deepEqual([...fields.keys()].sort(), Object.keys(new module.AuthError("throttled", "…", details)).sort());
});

test("the types name every option that the client takes", async () => {
  const [, options] = /^export interface Options \{\n(.*?)^\}/ms.exec(await read("customer-auth.d.ts"));
  const named = [...options.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  const [, taken] = /const \{ (.*) \} = options;/.exec(await read("customer-auth.js"));
  assert.deepEqual(named.sort(), taken.replace(/\[\]/g, "").split(",").map((each) => each.split("=")[0].trim()).sort());
});
