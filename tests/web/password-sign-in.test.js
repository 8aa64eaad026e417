/** Signing in with a password, resetting it, and calls with and without the session. */

import assert from "node:assert/strict";
import test from "node:test";

import { answer, PHONE, token, tokenPair, wrongProof } from "./machine.js";
import { bearers, EMAIL, EMAILPASS, ENDED, ME, member, PASSWORD, SESSION_CUSTOMER, tab, tokens } from "./members.js";

test("a sign-in by password shows the customer and makes the browser a known device", async () => {
  const [auth, service] = await member({}, { locale: "tr" });

  assert.deepEqual([auth.session.customer, auth.session.claims.jti], [SESSION_CUSTOMER, "1"]);
  await auth.signIn({ email: EMAIL.toUpperCase(), password: PASSWORD });
  assert.deepEqual(service.to(EMAILPASS)[0].body, { email: EMAIL.toUpperCase(), password: PASSWORD, device: "device-1", locale: "tr" });
});

test("a session without the customer's details has the id", async () => {
  const [auth] = tab({ [EMAILPASS]: { ...tokens("1"), device: null }, [ME]: answer(500, {}) });

  const { customer } = await auth.signIn({ phone: PHONE, password: PASSWORD });

  assert.deepEqual([customer.id, customer.email, customer.name], ["cus_1", null, null]);
});

test("a refusal after the right password says what is left to do", async () => {
  const required = { success: false, type: "verification_required", message: "Verify first", request_id: "r", customer_id: "cus_1" };
  const incomplete = { success: false, type: "registration_incomplete", message: "Complete first", request_id: "r", token: "reg_2" };
  const [auth] = tab({ [EMAILPASS]: [answer(403, required), answer(403, incomplete)] });
  const signIn = () => auth.signIn({ email: EMAIL, password: PASSWORD });

  await assert.rejects(signIn, { type: "verification_required", status: 403, customerId: "cus_1", requestId: "r" });
  await assert.rejects(signIn, { type: "registration_incomplete", token: "reg_2" });
});

test("after a refused token the call is repeated once with the next one", async () => {
  const [auth, service] = await member({ [`${ME}/sessions`]: [ENDED, { sessions: [] }], "/login/refresh": tokenPair("2") });

  assert.deepEqual(await auth.sessions(), []);
  assert.deepEqual(bearers(service.to(`${ME}/sessions`)), [`Bearer ${token("1")}`, `Bearer ${token("2")}`]);

  service.answers[`${ME}/sessions`] = ENDED;
  service.answers["/login/refresh"] = wrongProof;
  await assert.rejects(auth.sessions(), { type: "not_authenticated" });
  assert.equal(auth.session, null);
});

test("a reset sends its token as a bearer token, and repeating it is the same attempt", async () => {
  const update = `${EMAILPASS}/update`;
  const done = { message: "Password reset successfully", success: true, device: "device-9" };
  const [auth, service] = tab({ [`${EMAILPASS}/reset-password`]: {}, [update]: [wrongProof, wrongProof, done], [EMAILPASS]: wrongProof });
  const complete = (password) => auth.completeReset({ email: EMAIL, password, token: "reset-1" });

  assert.equal(await auth.requestReset({ email: EMAIL }), undefined);
  await assert.rejects(complete("one password"), { type: "wrong_proof" });
  await assert.rejects(complete("one password"), { type: "wrong_proof" });
  await complete("another password");

  const keys = service.to(update).map(({ headers }) => headers["idempotency-key"]);
  assert.deepEqual([keys[0] === keys[1], keys[1] === keys[2]], [true, false]);
  assert.deepEqual(bearers(service.to(update)), Array(3).fill("Bearer reset-1"));
  assert.deepEqual(service.to(update)[2].body, { email: EMAIL, password: "another password" });
  assert.equal(auth.session, null);
  await assert.rejects(auth.signIn({ email: EMAIL, password: "x" }), { type: "wrong_proof" });
  assert.equal(service.to(EMAILPASS)[0].body.device, "device-9");
});

test("a call goes only to the service", async () => {
  const [auth, service] = await member();

  for (const path of ["//evil.example/x", "/\\evil.example/x", "https://evil.example/x", ""]) {
    await assert.rejects(auth.call(path, { bearer: true }), TypeError);
  }
  assert.equal(service.calls.length, 0);
});

test("without a session a call carries no token", async () => {
  const [auth, service] = tab({ [ME]: ENDED });

  await assert.rejects(auth.customer(), { type: "not_authenticated" });
  assert.equal(service.calls[0].headers.authorization, undefined);
});
