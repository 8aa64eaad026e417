/** The code in the README runs as it is printed. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { PasswordAuth } from "../../web/passwords.js";
import { code, local, ROOT, url } from "./local-stack.js";
import { Machine, Service, signInResponse } from "./machine.js";

/** The code blocks under the matching headings of the README, changed to run against the stack. */
async function printed(fits) {
  const readme = await readFile(new URL("web/README.md", ROOT), "utf8");
  const parts = readme.split(/^(?=## )/m).filter((part) => fits(/^## (.*)$/m.exec(part)?.[1]));
  const blocks = parts.flatMap((part) => [...part.matchAll(/^```js\n(.*?)^```/gms)].map(([, block]) => block));
  const modules = /"\.\/([\w-]+\.js)"/g;
  const code = blocks.join("").replace(modules, (_, name) => `"${new URL(`web/${name}`, ROOT).href}"`);
  return code.replaceAll("https://auth.example.com", url);
}

const run = (code) => import(`data:text/javascript,${encodeURIComponent(code)}`);

test("the README's code runs as it is printed", async () => {
  const session = await printed((heading) => !["Passwords", "Google, Apple and Facebook", "Deleting an account"].includes(heading));
  const seen = [];
  const page = {
    showCodeField: (masked) => seen.push(masked),
    typedCode: () => code("+14155550123"),
    greet: (name, registered) => seen.push(name, registered),
    showProblem: (type) => seen.push(type),
    showSignIn: () => seen.push("signed out"),
    sessionStorage: { getItem: () => null, setItem() {}, removeItem() {} },
  };
  Object.assign(globalThis, page);

  await run(`${session}; globalThis.shown = [customer.phone, perTab.session];`);

  assert.deepEqual(seen, ["+1*****0123", "+14155550123", true, "signed out"]);
  assert.deepEqual(globalThis.shown, ["+14155550123", null]);
});

test("the README's code for deleting an account runs as it is printed", async () => {
  const shown = [];
  const used = new Set();
  const page = {
    typedReason: () => "moved",
    typedCode: async () => {
      await local("clock", { advance_seconds: 90 });
      for (;;) {
        const messages = await local("messages?to=ada@example.org");
        const fresh = messages.find((message) => message.code && !used.has(message.code));
        if (fresh) return used.add(fresh.code) && fresh.code;
      }
    },
    offerFile: (text) => shown.push(JSON.parse(text).customer.email),
    showUntil: (at) => shown.push(Number.isNaN(Date.parse(at))),
    showSignIn: () => shown.push("stays"),
  };
  Object.assign(globalThis, page);
  const signedIn = `import { CustomerAuth } from "${new URL("web/customer-auth.js", ROOT).href}";
    const auth = new CustomerAuth({ baseUrl: "${url}" });
    let challenge = await auth.requestCode({ email: "ada@example.org" });
    await auth.verifyCode(challenge, await typedCode());\n`;

  const code = (await printed((heading) => heading === "Deleting an account")).replaceAll("@example.com", "@example.org");
  await run(signedIn + code.replace("try {", `challenge = await auth.requestCode({ email: "ada@example.org" });\ntry {`));

  assert.deepEqual(shown, ["ada@example.org", false, "stays"]);
});

test("the README's code for providers runs as it is printed, against prepared responses", async () => {
  const shown = [];
  const item = { provider: "apple", email: "ada@example.com", linked_at: "2026-01-01T00:00:00Z" };
  const service = new Service({
    "/login/google/exchange": signInResponse("1"),
    "/login/apple/exchange": signInResponse("2"),
    "/login/apple/start": { authUrl: "https://apple.example/auth", state: "st", binding: "bi" },
    "/store/customers/me/identities": { identities: [item] },
    "/store/customers/me/identities/google": {},
  });
  const page = {
    location: { origin: url, pathname: "/account/", search: "?state=st&code=4%2F0A", href: `${url}/account/`, assign: (to) => shown.push(to) },
    history: { replaceState: (_state, _title, to) => shown.push(to) },
    sessionStorage: { getItem: () => "google", setItem: (...stored) => shown.push(stored) },
    greet: (name, registered) => shown.push([name, registered]),
    showProblem: (type) => shown.push(type),
    showProvider: (provider) => shown.push(provider),
  };
  const { fetch, location } = globalThis;
  Object.assign(globalThis, page, { fetch: service.fetch });
  try {
    await run(`${await printed((heading) => heading === "Google, Apple and Facebook")}; await signInBy("apple");`);
  } finally {
    Object.assign(globalThis, { fetch, location });
  }

  assert.deepEqual(shown, ["/account/", ["Ada", true], "apple", ["provider", "apple"], "https://apple.example/auth"]);
  assert.deepEqual(service.to("/login/apple/start")[0].body, { redirectUrl: `${url}/account/` });
  assert.equal(service.calls.length, 5);
});

test("the README's code for passwords runs as it is printed", async () => {
  const shown = [];
  const emails = ["ada@example.net", "countess@example.net"];
  const page = {
    typedPassword: () => "notes on an engine",
    typedReferralCode: () => undefined,
    typedCode: async () => {
      const typed = await code(emails[shown.length && 1]);
      await local("clock", { advance_seconds: 90 });
      return typed;
    },
    greet: (name) => shown.push(name),
    showProblem: (type) => shown.push(type),
    showSessions: (sessions) => shown.push(sessions.length),
    showFriends: (referralCode, children) => shown.push(referralCode.length, children.length),
    tokenInLink: async () => {
      for (;;) {
        const bodies = (await local(`messages?to=${emails[1]}`)).map(({ body }) => body);
        const match = /reset-password\?token=([\w-]+)/.exec(bodies.join());
        if (match) return match[1];
      }
    },
  };
  Object.assign(globalThis, page);

  await run((await printed((heading) => heading === "Passwords")).replaceAll("@example.com", "@example.net"));

  assert.deepEqual(shown, ["Ada", 1, 12, 0]);
  const auth = new Machine().tab({ fetch }, { baseUrl: url }, PasswordAuth);
  assert.equal((await auth.signIn({ email: emails[1], password: "some other words" })).customer.name, "Ada Lovelace");
});
