import assert from "node:assert/strict";
import test from "node:test";

import { AuthError } from "../../web/customer-auth.js";
import { answer, entered, Machine, passing, PHONE, SENT, Service, stopTime, token, unavailable, USER, wrongProof } from "./machine.js";

const EMAIL = "ada@example.com";
const ASKED = { challenge: "ch_2", expires_at: SENT.expiresAt, resend_at: SENT.resendAt, masked_phone: "+1*****0123" };
const VERIFY = "/login/mobile/verify";

const tab = (answers, options) => {
  const service = new Service(answers);
  return [new Machine().tab(service, options), service];
};

test("a sign-in by phone requests a code, verifies it and shows the session", async (t) => {
  stopTime(t);
  const [auth, service] = tab({ "/login/mobile/send": { ...SENT, maskedPhone: "+1*****0123" }, [VERIFY]: entered("1") }, { locale: "tr" });

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
  const [auth, service] = tab({ "/login/email/send": SENT, "/login/email/verify": entered("1", { user: { ...USER, email: EMAIL } }) });

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
      [`${account}/request-otp`]: ASKED,
      [`${account}/resend-otp`]: { ...ASKED, challenge: "ch_3" },
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

test("a proven address keeps its device, in every spelling of the same letters, even after logging out", async () => {
  const [auth, service] = tab({ "/login/mobile/send": SENT, [VERIFY]: entered("1"), "/login/logout": {} });
  await auth.verifyCode(await auth.requestCode({ phone: "(415) 555-0123" }), "1");
  await auth.logout();

  for (const phone of ["415 555 0123", PHONE, "+1 415 555 0123"]) await auth.verifyCode(await auth.requestCode({ phone }), "2");
  await auth.requestCode({ phone: "+14155550199" });

  const devices = service.calls.filter(({ path }) => path !== "/login/logout").map(({ body }) => body.device);
  assert.deepEqual(devices, [undefined, undefined, ...Array(6).fill("device-1"), undefined]);
});

test("after logging out the storage contains no address", async () => {
  const machine = new Machine();
  const service = new Service({ "/login/mobile/send": SENT, [VERIFY]: entered("1"), "/login/logout": {} });
  const auth = machine.tab(service);
  await auth.verifyCode(await auth.requestCode({ phone: PHONE }), "1");
  await auth.logout();

  assert.deepEqual([...machine.storage.keys()], ["customer-auth.devices"]);
  assert.doesNotMatch(machine.storage.get("customer-auth.devices"), /4155550123/);
});

test("forget removes devices and session without a call", async () => {
  const machine = new Machine();
  const service = new Service({ "/login/mobile/send": SENT, [VERIFY]: entered("1") });
  const auth = machine.tab(service);
  await auth.verifyCode(await auth.requestCode({ phone: PHONE }), "1");
  const heard = [];
  auth.onChange((session) => heard.push(session));

  auth.forget();
  auth.forget();

  assert.deepEqual([heard, machine.storage.size, service.calls.length], [[null], 0, 2]);
});

test("the same code again is the same attempt, and another code is another attempt", async (t) => {
  stopTime(t);
  const [auth, service] = tab({ "/login/mobile/send": SENT, [VERIFY]: ["lost", "lost", "lost", wrongProof, entered("1")] });
  const challenge = await auth.requestCode({ phone: PHONE });

  await assert.rejects(passing(t, auth.verifyCode(challenge, "111111")), { type: "offline", status: 0 });
  await assert.rejects(auth.verifyCode(challenge, "111111"), { type: "wrong_proof" });
  await auth.verifyCode(challenge, "222222");

  const keys = service.to(VERIFY).map(({ headers }) => headers["idempotency-key"]);
  assert.equal(new Set(keys.slice(0, 4)).size, 1);
  assert.notEqual(keys[4], keys[0]);
});

test("a 503 is retried after the time that it names", async (t) => {
  stopTime(t);
  const [auth, service] = tab({ "/login/mobile/send": SENT, [VERIFY]: [unavailable, unavailable, entered("1")] });
  const challenge = await auth.requestCode({ phone: PHONE });

  await passing(t, auth.verifyCode(challenge, "123456"));

  const [first, second, third] = service.to(VERIFY).map(({ at }) => at);
  for (const wait of [second - first, third - second]) assert.ok(wait >= 2_000 && wait <= 2_600, `${wait} ms`);
  assert.equal(new Set(service.to(VERIFY).map(({ headers }) => headers["idempotency-key"])).size, 1);
});

test("after two retries a 503 is thrown with all its details", async (t) => {
  stopTime(t);
  const [auth, service] = tab({ "/login/mobile/send": unavailable });

  const refused = await passing(t, auth.requestCode({ phone: PHONE })).catch((error) => error);

  assert.ok(refused instanceof AuthError && refused instanceof Error);
  const { name, type, status, message, errors, errorCode, retryAfterSeconds, requestId } = refused;
  assert.deepEqual(
    { name, type, status, message, errors, errorCode, retryAfterSeconds, requestId },
    {
      name: "AuthError",
      type: "unavailable",
      status: 503,
      message: "later",
      errors: [],
      errorCode: undefined,
      retryAfterSeconds: 2,
      requestId: "r1",
    },
  );
  assert.equal(service.calls.length, 3);
});

test("an error that asks to wait for more than ten seconds is thrown at once", async (t) => {
  stopTime(t);
  const [auth, service] = tab({ "/login/mobile/send": answer(503, { message: "Service Unavailable" }, { "retry-after": "60" }) });

  await assert.rejects(auth.requestCode({ phone: PHONE }), { type: "unavailable", retryAfterSeconds: 60 });
  assert.equal(service.calls.length, 1);
});

test("the gateway's throttle is waited out, and the service's is thrown", async (t) => {
  stopTime(t);
  const gateway = answer(429, { message: "Too Many Requests" });
  const body = { success: false, type: "throttled", message: "Too many", request_id: "r", errorCode: "E061103" };
  const ours = answer(429, body, { "retry-after": "5" });
  const [auth, service] = tab({ "/login/mobile/send": [gateway, SENT, ours] });

  await passing(t, auth.requestCode({ phone: PHONE }));
  assert.equal(service.calls.length, 2);

  const refused = { type: "throttled", status: 429, retryAfterSeconds: 5, errorCode: "E061103", requestId: "r" };
  await assert.rejects(auth.requestCode({ phone: PHONE }), refused);
  assert.equal(service.calls.length, 3);
});

test("bad input names its fields", async () => {
  const errors = [{ field: "phone", message: "is required" }];
  const body = { success: false, type: "bad_request", message: "Phone is required", request_id: "r", errors };
  const [auth] = tab({ "/login/mobile/send": answer(400, body) });

  await assert.rejects(auth.requestCode({ phone: "" }), { type: "bad_request", status: 400, errors });
});

test("a page instead of the service, like a captive portal's, is unexpected and not retried", async () => {
  const [auth, service] = tab({ "/login/mobile/send": [answer(200, "<html>Welcome</html>"), answer(404, "<html>No</html>")] });

  await assert.rejects(auth.requestCode({ phone: PHONE }), { type: "unexpected", status: 200 });
  await assert.rejects(auth.requestCode({ phone: PHONE }), { type: "unexpected", status: 404 });
  assert.equal(service.calls.length, 2);
});

test("a call without a response ends within ten seconds: verifying a code after two tries, requesting one after one", async (t) => {
  stopTime(t);
  const never = ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const [auth, service] = tab({ "/login/mobile/send": [SENT, never], [VERIFY]: never });
  const challenge = await auth.requestCode({ phone: PHONE });

  const cases = [
    [VERIFY, 2, () => auth.verifyCode(challenge, "1")],
    ["/login/mobile/send", 1, () => auth.requestCode({ phone: PHONE })],
  ];
  for (const [path, tries, ask] of cases) {
    const [began, before] = [Date.now(), service.to(path).length];
    await assert.rejects(passing(t, ask()), { type: "offline" });
    assert.equal(service.to(path).length - before, tries);
    assert.ok(Date.now() - began <= 10_100, `${Date.now() - began} ms`);
  }
});
