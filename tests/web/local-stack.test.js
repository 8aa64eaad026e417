/** The module against the real service, as `make dev` serves it. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import test, { after, before } from "node:test";

import { PasswordAuth } from "../../web/passwords.js";
import { Machine } from "./machine.js";

const ROOT = new URL("../../", import.meta.url);
let stack;
let url;
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

const newPhone = () => `+1212555${(numbers += 1)}`;
const tab = (options, machine = new Machine()) => machine.tab({ fetch }, { baseUrl: url, ...options });
const local = async (path, body) => (await fetch(`${url}/_local/${path}`, body && { method: "POST", body: JSON.stringify(body) })).json();

/** The newest code that was sent to an address; waits for this number of messages. */
async function code(to, count = 1) {
  for (;;) {
    const messages = await local(`messages?to=${encodeURIComponent(to)}`);
    if (messages.length >= count) return messages[0].code;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function signedIn(auth, phone = newPhone()) {
  const challenge = await auth.requestCode({ phone });
  return auth.verifyCode(challenge, await code(phone));
}

test("a customer registers with a name, and calls carry the token", async () => {
  const auth = tab();
  const phone = newPhone();
  const challenge = await auth.requestCode({ phone }, { flow: "register" });
  const sent = await code(phone);
  while ((await auth.delivery(challenge)).state === "queued") await new Promise((resolve) => setTimeout(resolve, 20));

  await assert.rejects(auth.verifyCode(challenge, "000000" === sent ? "000001" : "000000"), { type: "wrong_proof", status: 401 });
  const session = await auth.verifyCode(challenge, sent, { firstName: "Ada", lastName: "Lovelace" });

  assert.deepEqual([session.registered, session.customer.name, session.customer.phone], [true, "Ada Lovelace", phone]);
  assert.equal(session.claims.sub, session.customer.id);
  const { customer } = await (await auth.fetch("/store/customers/me")).json();
  assert.equal(customer.id, session.customer.id);
});

test("a sign-in by email works, and login finds a customer who registered by phone", async () => {
  const auth = tab();
  const email = "ada@example.com";
  const challenge = await auth.requestCode({ email });
  const session = await auth.verifyCode(challenge, await code(email));
  assert.deepEqual([session.customer.email, session.customer.emailVerified, session.registered], [email, true, true]);

  const phone = newPhone();
  const first = await signedIn(auth, phone);
  const again = await auth.verifyCode(await auth.requestCode({ phone }, { flow: "login" }), await code(phone, 2));
  assert.deepEqual([again.customer.id, again.registered], [first.customer.id, false]);
});

test("after a lost response, verifying repeats by itself and gets the same session", async () => {
  let lost = 0;
  const lossy = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/verify") || lost > 0) return response;
    lost += 1;
    throw new TypeError("Failed to fetch");
  };

  const session = await signedIn(tab({ fetch: lossy }));

  assert.deepEqual([lost, session.registered], [1, true]);
});

for (const locks of [true, false]) {
  test(`tabs that refresh at once all continue with one session, ${locks ? "with" : "without"} locks`, async () => {
    const machine = new Machine({ locks });
    const tabs = [tab({}, machine), tab({}, machine), tab({}, machine)];
    await signedIn(tabs[0]);
    const before = await tabs[0].accessToken();

    await Promise.all(tabs.flatMap((each) => [each.refresh(), each.refresh()]));
    const tokens = new Set(await Promise.all(tabs.map((each) => each.accessToken())));
    await tabs[1].refresh();

    assert.equal(tokens.size, 1);
    assert.ok(!tokens.has(before));
    assert.equal((await tabs[2].fetch("/store/customers/me")).status, 200);
  });
}

test("after a lost response to a refresh the session continues", async () => {
  let lost = 0;
  const lossy = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/refresh") || lost > 0) return response;
    lost += 1;
    throw new TypeError("Failed to fetch");
  };
  const auth = tab({ fetch: lossy });
  await signedIn(auth);

  assert.ok(await auth.refresh());
  assert.ok(await auth.refresh());
  assert.equal(lost, 1);
});

for (const [name, seconds] of [["20 seconds", 20], ["a day", 86_400]]) {
  test(`a client that loses the responses to refreshes for ${name} keeps the session`, async () => {
    let [isLossy, lost] = [true, 0];
    const lossy = async (input, init) => {
      const response = await fetch(input, init);
      if (!isLossy || !String(input).endsWith("/refresh")) return response;
      lost += response.status === 200 ? 1 : 0;
      throw new TypeError("Failed to fetch");
    };
    const auth = tab({ fetch: lossy });
    const { customer } = await signedIn(auth);

    await assert.rejects(auth.refresh(), { type: "offline" });
    await local("clock", { advance_seconds: seconds / 2 });
    await assert.rejects(auth.refresh(), { type: "offline" });
    await local("clock", { advance_seconds: seconds / 2 });
    assert.equal(auth.session.customer.id, customer.id);
    isLossy = false;

    assert.ok(await auth.refresh());
    assert.ok(await auth.refresh());
    assert.equal((await auth.fetch("/store/customers/me")).status, 200);
    assert.equal(lost, 6);
  });
}

test("logging out everywhere ends the sessions on other machines", async () => {
  const phone = newPhone();
  const [here, there] = [tab(), tab()];
  await signedIn(here, phone);
  await local("clock", { advance_seconds: 90 });
  await there.verifyCode(await there.requestCode({ phone }), await code(phone, 2));

  await there.logout({ everywhere: true });

  assert.equal(there.session, null);
  assert.equal((await here.fetch("/store/customers/me")).status, 401);
  assert.equal(here.session, null);
});

test("a known device gets a code although an unknown client has just requested one", async () => {
  const phone = newPhone();
  const [owner, stranger] = [tab(), tab()];
  await signedIn(owner, phone);
  await owner.logout();

  const refused = await stranger.requestCode({ phone }).catch((error) => error);
  assert.equal(refused.type, "throttled");
  assert.ok(refused.retryAfterSeconds > 60 && refused.retryAfterSeconds <= 90);
  assert.ok(await owner.requestCode({ phone }));
});

test("a challenge's times are by this machine's clock, although the service's clock is an hour ahead", async () => {
  await local("clock", { advance_seconds: 3600 });

  const { expiresAt, resendAt } = await tab().requestCode({ phone: newPhone() });

  assert.ok(Math.abs(resendAt - Date.now() - 90_000) < 5_000);
  assert.ok(Math.abs(expiresAt - Date.now() - 300_000) < 5_000);
});

test("a customer with a password verifies the address, changes everything, and signs in with the new values", async () => {
  const machine = new Machine();
  const auth = machine.tab({ fetch }, { baseUrl: url }, PasswordAuth);
  const [email, next] = ["grace@example.com", "hopper@example.com"];
  const registration = await auth.register({ email, password: "nanoseconds and wires" });
  const created = await auth.createCustomer(registration, { firstName: "Grace", metadata: { some_key: 1 } });
  assert.deepEqual([created.needsLogin, created.customer.name, auth.session], [true, "Grace", null]);
  const refused = await auth.signIn({ email, password: "nanoseconds and wires" }).catch((error) => error);
  assert.deepEqual([refused.type, refused.customerId], ["verification_required", created.customer.id]);

  const entered = await auth.verifyCode(await auth.requestVerification({ customerId: refused.customerId, email }), await code(email));
  assert.deepEqual([entered.needsLogin, entered.customer.emailVerified], [false, true]);

  const other = new Machine().tab({ fetch }, { baseUrl: url }, PasswordAuth);
  await other.signIn({ email, password: "nanoseconds and wires" });
  assert.equal((await auth.updateCustomer({ lastName: "Hopper" })).name, "Grace Hopper");
  const listed = await auth.sessions();
  assert.deepEqual([listed.length, listed.filter(({ current }) => current).length], [2, 1]);
  await auth.changePassword({ oldPassword: "nanoseconds and wires", newPassword: "a compiler of words" });
  await assert.rejects(other.customer(), { type: "not_authenticated" });
  assert.equal(other.session, null);

  await auth.verifyCode(await auth.requestContactChange({ email: next }), await code(next));
  assert.deepEqual([auth.session.customer.email, (await auth.customer()).name], [next, "Grace Hopper"]);
  assert.deepEqual(await auth.referrals(), { children: [], nextCursor: null });
  await auth.logout();
  await assert.rejects(auth.signIn({ email: next, password: "nanoseconds and wires" }), { type: "wrong_proof" });
  assert.equal((await auth.signIn({ email: next, password: "a compiler of words" })).customer.id, created.customer.id);
});

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
  const session = await printed((heading) => !["Passwords", "Deleting an account"].includes(heading));
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
