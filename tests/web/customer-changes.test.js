/** What a signed-in customer changes: password, addresses, names, sessions; and the referrals. */

import assert from "node:assert/strict";
import test from "node:test";

import { answer, Machine, passing, stopTime, token, tokenPair, unavailable, wrongProof } from "./machine.js";
import { bearers, CHANGE, CONTACT, CUSTOMER, EMAIL, EMAILPASS } from "./members.js";
import { CODE_SENT, ME, member, PASSWORD, SESSION_CUSTOMER, tab, tokens } from "./members.js";

test("after a change of the password every tab continues with the next tokens", async () => {
  const machine = new Machine();
  const answers = { [EMAILPASS]: tokens("1"), [ME]: { customer: CUSTOMER }, [CHANGE]: tokens("2"), "/login/refresh": tokenPair("3") };
  const [auth, service] = tab(answers, machine);
  const [other] = tab({}, machine);
  await auth.signIn({ email: EMAIL, password: PASSWORD });

  const session = await auth.changePassword({ oldPassword: PASSWORD, newPassword: "another one" });

  const { body, headers } = service.to(CHANGE)[0];
  assert.deepEqual(body, { old_password: PASSWORD, new_password: "another one", confirm_password: "another one" });
  assert.equal(headers.authorization, `Bearer ${token("1")}`);
  assert.deepEqual([session.claims.jti, session.customer, await other.accessToken()], ["2", SESSION_CUSTOMER, token("2")]);
  await auth.refresh();
  assert.equal(service.to("/login/refresh")[0].body.refreshToken, "refresh-2");
});

test("a refresh in another tab waits for a change of the password, and is then unnecessary", async (t) => {
  stopTime(t);
  const machine = new Machine();
  const slow = async () => new Promise((resolve) => setTimeout(resolve, 3_000, tokens("2")));
  const [auth] = tab({ [EMAILPASS]: tokens("1"), [ME]: { customer: CUSTOMER }, [CHANGE]: slow }, machine);
  const [other, service] = tab({ "/login/refresh": wrongProof }, machine);
  await passing(t, auth.signIn({ email: EMAIL, password: PASSWORD }));

  const changed = auth.changePassword({ oldPassword: PASSWORD, newPassword: "another one" });
  await new Promise((resolve) => setImmediate(resolve));
  const refreshed = other.refresh();
  const [session] = await passing(t, Promise.all([changed, refreshed]));

  assert.equal(session.claims.jti, "2");
  assert.deepEqual([other.session.claims.jti, service.calls.length], ["2", 0]);
});

test("a wrong old password leaves the session as it is", async () => {
  const [auth, service] = await member({ [CHANGE]: wrongProof });

  await assert.rejects(auth.changePassword({ oldPassword: "x", newPassword: "another one" }), { type: "wrong_proof" });
  assert.deepEqual([auth.session.claims.jti, service.calls.length], ["1", 1]);
});

test("another address is confirmed by its code, and a lost response is fetched again with the same key", async (t) => {
  stopTime(t);
  const changed = { customer: { ...CUSTOMER, email: "new@example.com" }, ...tokens("2") };
  const [auth, service] = await member({ [CONTACT]: CODE_SENT, [`${CONTACT}/verify`]: ["lost", unavailable, changed] });

  const challenge = await auth.requestContactChange({ email: "New@example.com" });
  const entered = await passing(t, auth.verifyCode(challenge, "123456"));

  assert.deepEqual([challenge.flow, challenge.email], ["contact", "New@example.com"]);
  const tried = service.to(`${CONTACT}/verify`);
  assert.deepEqual(tried[0].body, { token: "ch_1", code: "123456" });
  assert.equal(new Set(tried.map(({ headers }) => headers["idempotency-key"])).size, 1);
  assert.deepEqual(bearers(tried), Array(3).fill(`Bearer ${token("1")}`));
  assert.deepEqual([entered.claims.jti, auth.session.customer.email], ["2", "new@example.com"]);
  service.answers[CONTACT] = CODE_SENT;
  await auth.requestContactChange({ email: "new@example.com" });
  assert.equal(service.to(CONTACT)[1].body.device, "device-2");
});

test("a change of names appears in the session, and its tokens stay", async () => {
  const heard = [];
  const [auth, service] = await member({ [ME]: ({ body }) => ({ customer: { ...CUSTOMER, ...(body || {}) } }) });
  auth.onChange((session) => heard.push(session.customer.name));

  const customer = await auth.updateCustomer({ firstName: "Grace", lastName: null });

  assert.deepEqual([customer.name, auth.session.customer.name, heard], ["Grace", "Grace", ["Grace"]]);
  assert.deepEqual([service.calls[0].method, service.calls[0].body], ["PATCH", { first_name: "Grace", last_name: null }]);
  assert.equal(await auth.accessToken(), token("1"));
});

test("sessions are listed with their times, and another one is ended by its id", async () => {
  const at = "2026-01-01T00:00:00Z";
  const stored = { sid: "ses_2", created_at: at, last_used_at: at, client: null, current: false };
  const [auth, service] = await member({ [`${ME}/sessions`]: { sessions: [stored] }, [`${ME}/sessions/ses_2`]: answer(204) });

  const [session] = await auth.sessions();
  assert.deepEqual(session, { sid: "ses_2", createdAt: new Date(at), lastUsedAt: new Date(at), client: null, current: false });
  assert.equal(await auth.endSession("ses_2"), undefined);
  assert.equal(service.to(`${ME}/sessions/ses_2`)[0].method, "DELETE");
});

test("referrals come in pages", async () => {
  const at = "2026-01-01T00:00:00Z";
  const customer = { id: "cus_2", email: "b***@example.com", first_name: "B", last_name: null, phone: null, created_at: at };
  const child = { referral_link_id: "refl_1", referred_at: at, parent_customers_by_level: { 1: "cus_1" }, customer };
  const parts = [{ children: [child], next_cursor: "c&1" }, { children: [], next_cursor: null }];
  const [auth, service] = await member({ "/store/my-referrals": parts });

  const first = await auth.referrals({ limit: 1 });
  const second = await auth.referrals({ limit: 1, cursor: first.nextCursor });

  const shown = { id: "cus_2", email: "b***@example.com", firstName: "B", lastName: null, phone: null, createdAt: new Date(at) };
  const link = { referralLinkId: "refl_1", referredAt: new Date(at), parentCustomersByLevel: { 1: "cus_1" }, customer: shown };
  assert.deepEqual([first, second], [{ children: [link], nextCursor: "c&1" }, { children: [], nextCursor: null }]);
  assert.deepEqual(service.calls.map(({ query }) => query), ["?limit=1", "?limit=1&cursor=c%261"]);
});
