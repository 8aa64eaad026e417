/** The client against the real service, as `make dev` serves it. */

import assert from "node:assert/strict";
import test from "node:test";

import { PasswordAuth } from "../../web/passwords.js";
import { code, local, newPhone, tab, url } from "./local-stack.js";
import { Machine } from "./machine.js";

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
