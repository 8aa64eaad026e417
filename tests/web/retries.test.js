/** Which calls are repeated, for how long, and what their errors say. */

import assert from "node:assert/strict";
import test from "node:test";

import { AuthError } from "../../web/customer-auth.js";
import { answer, Machine, passing, PHONE, SENT, Service, signInResponse, stopTime, unavailable } from "./machine.js";

const VERIFY = "/login/mobile/verify";

const tab = (answers, options) => {
  const service = new Service(answers);
  return [new Machine().tab(service, options), service];
};

test("a 503 is retried after the time that it names", async (t) => {
  stopTime(t);
  const [auth, service] = tab({ "/login/mobile/send": SENT, [VERIFY]: [unavailable, unavailable, signInResponse("1")] });
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
  for (const [path, attempts, act] of cases) {
    const [began, before] = [Date.now(), service.to(path).length];
    await assert.rejects(passing(t, act()), { type: "offline" });
    assert.equal(service.to(path).length - before, attempts);
    assert.ok(Date.now() - began <= 10_100, `${Date.now() - began} ms`);
  }
});
