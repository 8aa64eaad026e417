import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import test from "node:test";
import { gzipSync } from "node:zlib";

import * as client from "../../web/customer-auth.js";
import * as deletion from "../../web/deletion.js";
import * as reset from "../../web/password-reset.js";
import * as passwords from "../../web/passwords.js";
import * as providers from "../../web/providers.js";

const MODULES = { "customer-auth": client, passwords, "password-reset": reset, deletion, providers };
const CLASSES = { "customer-auth": "CustomerAuth", passwords: "PasswordAuth" };
const LARGEST = { "customer-auth": 10.5 * 1024, passwords: 3 * 1024, "password-reset": 1536, deletion: 1536, providers: 1536 }; // gzipped

const WEB = new URL("../../web/", import.meta.url);
const PARTS = (await readdir(new URL("customer-auth/", WEB))).map((file) => `customer-auth/${file}`); // of the client module

const read = (name) => readFile(new URL(name, WEB), "utf8");
const filesOf = (name) => [`${name}.js`, ...(name === "customer-auth" ? PARTS : [])];
const sourceOf = async (name) => (await Promise.all(filesOf(name).map(read))).join("\n");

/** The members of a class, by name, each with the comment above it. */
function members(text, name) {
  const [, body] = new RegExp(`^export class ${name} [^\\n]*\\{\\n(.*?)^\\}`, "ms").exec(text);
  const member = /((?:^ {2}\/\*\*(?:(?!\*\/).)*\*\/\n)?)^ {2}(?:readonly |get |async )*([a-z]\w*)[(:?<]/gms;
  return new Map([...body.matchAll(member)].map(([, comment, key]) => [key, comment]));
}

/** The exports of a file, by name, each with the comment above it. */
function exported(text) {
  const each = /((?:^\/\*\*(?:(?!\*\/).)*\*\/\n)?)^export (?:async )?(?:class|function|const) (\w+)/gms;
  return new Map([...text.matchAll(each)].map(([, comment, key]) => [key, comment]));
}

for (const [name, module] of Object.entries(MODULES)) {
  test(`the module ${name} with its comments is at most ${LARGEST[name]} bytes gzipped`, async () => {
    const sources = await Promise.all(filesOf(name).map(read));
    const length = sources.reduce((sum, source) => sum + gzipSync(source, { level: 9 }).length, 0);
    assert.ok(length <= LARGEST[name], `${length} bytes`);
  });

  test(`the module ${name} imports nothing but the client`, async () => {
    assert.doesNotMatch(await sourceOf(name), /\bimport\(["'](?!\.\/customer-auth\.js)|\brequire\(|console\./);
    const imports = [...(await read(`${name}.js`)).matchAll(/^(?:import|export) .* from "(.*)";$/gm)].map(([, path]) => path);
    const allowed = { "customer-auth": PARTS.map((path) => `./${path}`), passwords: ["./customer-auth.js"], providers: ["./customer-auth.js"] }[name] ?? [];
    assert.deepEqual([...new Set(imports)].sort(), [...allowed].sort());
  });

  test(`the types of ${name} name everything that is exported, with the module's own words`, async () => {
    const [typed, written] = [exported(await read(`${name}.d.ts`)), exported(await sourceOf(name))];
    assert.deepEqual([...typed.keys()].sort(), Object.keys(module).sort());
    for (const [key, comment] of typed) assert.equal(comment, written.get(key), key);
  });
}

test("the parts of the client import only each other", async () => {
  for (const path of PARTS) {
    const imports = [...(await read(path)).matchAll(/^(?:import|export) .*from "(.*)";$/gm)].map(([, source]) => source);
    assert.deepEqual(imports.filter((each) => !PARTS.includes(each.replace(/^\.\//, "customer-auth/"))), [], path);
  }
});

for (const [name, type] of Object.entries(CLASSES)) {
  test(`the types name every public member of ${type}, and no other, with the module's own words`, async () => {
    const typed = members(await read(`${name}.d.ts`), type);
    const written = members(await read(`${name}.js`), type);
    const there = Object.getOwnPropertyNames(MODULES[name][type].prototype);
    typed.delete("constructor");

    assert.deepEqual([...typed.keys()].sort(), there.filter((each) => each !== "constructor").sort());
    for (const [each, comment] of typed) assert.equal(comment, written.get(each), each);
  });
}

test("the types name every field of an error", async () => {
  const typed = { errorCode: "E", requestId: "r", customerId: "cus_1", token: "t", cancelToken: "c" };
  const details = { status: 403, errors: [], retryAfterSeconds: 1, ...typed };
  const fields = members(await read("customer-auth.d.ts"), "AuthError");
  fields.delete("constructor");
  assert.deepEqual([...fields.keys()].sort(), Object.keys(new client.AuthError("throttled", "…", details)).sort());
});

test("the package exports every module with its types", async () => {
  const { exports } = JSON.parse(await read("package.json"));
  const named = Object.keys(MODULES).map((name) => [name === "customer-auth" ? "." : `./${name}`, name]);
  assert.deepEqual(exports, Object.fromEntries(named.map(([path, name]) => [path, { types: `./${name}.d.ts`, default: `./${name}.js` }])));
});

test("the types name every option that the client takes", async () => {
  const [, options] = /^export interface Options \{\n(.*?)^\}/ms.exec(await read("customer-auth.d.ts"));
  const named = [...options.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  const [, taken] = /const \{ (.*) \} = options;/.exec(await read("customer-auth.js"));
  assert.deepEqual(named.sort(), taken.replace(/\[\]/g, "").split(",").map((each) => each.split("=")[0].trim()).sort());
});
