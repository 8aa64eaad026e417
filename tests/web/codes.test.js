/** Requesting and verifying codes. */

import assert from "node:assert/strict";
import test from "node:test";

import { answer, Machine, passing, PHONE, SENT, Service, signInResponse, stopTime, token, USER, wrongProof } from "./machine.js";

const EMAIL = "ada@example.com";
const CODE_REQUEST = { challenge: "ch_2", expires_at: SENT.expiresAt, resend_at: SENT.resendAt, masked_phone: "+1*****0123" };
const VERIFY = "/login/mobile/verify";

const tab = (answers, options) => {
  const service = new Service(answers);
  return [new Machine().tab(service, options), service];
};

test("a sign-in by phone requests a code, verifies it and shows the session", async (t) => {
  stopTime(t);
  const sent = { ...SENT, maskedPhone: "+1*****0123" };
  const [auth, service] = tab({ "/login/mobile/send": sent, [VERIFY]: signInResponse("1") }, { locale: "tr" });

  const challenge = await auth.requestCode({ phone: PHONE });
  assert.deepEqual(challenge, {
    challenge: "ch_1",
    flow: "sign-in",
    phone: PHONE,
    maskedPhone: "+1*****0123",
    expiresAt: new Date("2026-01-01T00:05:00Z"),
    resendAt: new Date("2026-01-01T00:01:30Z"),
  });

  const { registered, ...session } = await auth.verifyCode(challenge, "123456");
  assert.equal(registered, true);
  assert.deepEqual(session, auth.session);
  const customer = { id: "cus_1", email: null, phone: PHONE, name: "Ada", emailVerified: false, phoneVerified: true };
  assert.deepEqual(session.customer, customer);
  assert.deepEqual(session.claims, { sub: "cus_1", jti: "1", name: "Ädä ÿþ" });
  assert.deepEqual(session.expiresAt, new Date("2026-01-01T00:15:00Z"));
  assert.equal(await auth.accessToken(), token("1"));

  const [codeRequest, attempt] = service.calls;
  assert.deepEqual(codeRequest.body, { phone: PHONE, locale: "tr" });
  assert.deepEqual(attempt.body, { phone: PHONE, challenge: "ch_1", code: "123456" });
  assert.match(attempt.headers["idempotency-key"], /^[0-9a-f]{32}$/);
});

test("a sign-in by email uses the routes for emails", async () => {
  const signedIn = signInResponse("1", { user: { ...USER, email: EMAIL } });
  const [auth, service] = tab({ "/login/email/send": SENT, "/login/email/verify": signedIn });

  await auth.verifyCode(await auth.requestCode({ email: EMAIL }), "123456");

  assert.deepEqual(service.calls.map(({ path, body }) => [path, body.email, body.phone]), [
    ["/login/email/send", EMAIL, undefined],
    ["/login/email/verify", EMAIL, undefined],
  ]);
});

for (const flow of ["register", "login"]) {
  test(`the flow ${flow} uses its own routes and returns the same customer`, async () => {
    const account = `/api/v1/auth/customer/${flow}`;
    const names = { first_name: "Ada", last_name: "Lovelace" };
    const customer = { id: "cus_1", email: null, phone: PHONE, ...names, email_verified: false, phone_verified: true };
    const body = { token: token("1"), refresh_token: "r", expires_in: 900, registered: true, device: "d", customer };
    const [auth, service] = tab({
      [`${account}/request-otp`]: CODE_REQUEST,
      [`${account}/resend-otp`]: { ...CODE_REQUEST, challenge: "ch_3" },
      [`${account}/verify-otp`]: answer(201, body),
    });

    const first = await auth.requestCode({ phone: PHONE }, { flow });
    const second = await auth.resendCode(first);
    const session = await auth.verifyCode(second, "123456", { firstName: "Ada", lastName: "Lovelace" });

    assert.deepEqual([first.challenge, second.challenge, second.flow, second.maskedPhone], ["ch_2", "ch_3", flow, "+1*****0123"]);
    assert.equal(service.calls[1].body.challenge, "ch_2");
    assert.equal(service.calls[2].body.challenge, "ch_3");
    assert.equal(service.calls[2].body.first_name, flow === "register" ? "Ada" : undefined);
    assert.equal(session.customer.name, "Ada Lovelace");
    assert.equal(session.customer.firstName, "Ada");
    assert.equal(session.customer.phoneVerified, true);
  });
}

test("another code for a sign-in is sent by another request", async () => {
  const [auth, service] = tab({ "/login/mobile/send": [SENT, { ...SENT, challenge: "ch_9" }] });

  const again = await auth.resendCode(await auth.requestCode({ phone: PHONE }));

  assert.equal(again.challenge, "ch_9");
  assert.equal(service.to("/login/mobile/send").length, 2);
});

test("the delivery of a message is read by its challenge", async () => {
  const path = "/api/v1/auth/challenges/c%2F1";
  const [auth, service] = tab({ [path]: [{ delivery: "queued", reason: null }, { delivery: "failed", reason: "opted_out" }] });

  assert.deepEqual(await auth.delivery({ challenge: "c/1" }), { state: "queued" });
  assert.deepEqual(await auth.delivery({ challenge: "c/1" }), { state: "failed", reason: "opted_out" });
  assert.equal(service.calls[0].method, "GET");
});

test("a challenge's times follow this machine's clock, even if it is wrong", async (t) => {
  stopTime(t);
  const hourAhead = { date: "Wed, 31 Dec 2025 23:00:00 GMT" };
  const challenge = { ...SENT, expiresAt: "2025-12-31T23:05:00Z", resendAt: "2025-12-31T23:01:30Z" };
  const [auth] = tab({ "/login/mobile/send": answer(200, challenge, hourAhead) });

  const { expiresAt, resendAt } = await auth.requestCode({ phone: PHONE });

  assert.deepEqual([expiresAt, resendAt], [new Date("2026-01-01T00:05:00Z"), new Date("2026-01-01T00:01:30Z")]);
});

test("the same code again is the same attempt, and another code is another attempt", async (t) => {
  stopTime(t);
  const [auth, service] = tab({ "/login/mobile/send": SENT, [VERIFY]: ["lost", "lost", "lost", wrongProof, signInResponse("1")] });
  const challenge = await auth.requestCode({ phone: PHONE });

  await assert.rejects(passing(t, auth.verifyCode(challenge, "111111")), { type: "offline", status: 0 });
  await assert.rejects(auth.verifyCode(challenge, "111111"), { type: "wrong_proof" });
  await auth.verifyCode(challenge, "222222");

  const keys = service.to(VERIFY).map(({ headers }) => headers["idempotency-key"]);
  assert.equal(new Set(keys.slice(0, 4)).size, 1);
  assert.notEqual(keys[4], keys[0]);
});
