import assert from "node:assert/strict";
import test from "node:test";

import {
  completePasswordReset,
  createCompletePasswordReset,
  createRequestPasswordReset,
  requestPasswordReset,
} from "../../web/password-reset.js";
import { answer, BASE, Service, wrongProof } from "./machine.js";

const RESET = "/auth/customer/emailpass/reset-password";
const UPDATE = "/auth/customer/emailpass/update";
const EMAIL = "ada@example.com";
const DONE = { message: "Password reset successfully", success: true, device: "d" };

const by = (service, more = {}) => ({ baseUrl: BASE, fetch: service.fetch, ...more });

for (const lookup of [{ email: EMAIL }, { phone: "+14155550123" }, { identifier: EMAIL }, { email_or_phone: "+14155550123" }]) {
  const [name] = Object.keys(lookup);

  test(`a reset is requested and completed by ${name}`, async () => {
    const service = new Service({ [RESET]: {}, [UPDATE]: DONE });

    assert.deepEqual(await requestPasswordReset(lookup, by(service, { publishableApiKey: "pk_1" })), {});
    assert.deepEqual(await completePasswordReset({ ...lookup, password: "new password", token: "t-1" }, by(service)), DONE);

    const [request, completed] = service.calls;
    assert.deepEqual([request.origin, request.path, request.method, request.body], [BASE, RESET, "POST", lookup]);
    assert.equal(request.headers["x-publishable-api-key"], "pk_1");
    assert.equal(request.headers.authorization, undefined);
    assert.deepEqual([completed.path, completed.method, completed.body], [UPDATE, "POST", { ...lookup, password: "new password" }]);
    assert.equal(completed.headers.authorization, "Bearer t-1");
    assert.equal(completed.headers["x-publishable-api-key"], undefined);
    assert.equal(completed.headers["content-type"], "application/json");
  });
}

test("exactly one address is necessary, and nothing is sent without it", async () => {
  const service = new Service({ [RESET]: {}, [UPDATE]: DONE });
  const secret = { password: "new password", token: "t-1" };

  for (const wrong of [{}, { email: "" }, { email: EMAIL, phone: "+14155550123" }, { email: EMAIL, identifier: EMAIL }]) {
    await assert.rejects(requestPasswordReset(wrong, by(service)), TypeError);
    await assert.rejects(completePasswordReset({ ...wrong, ...secret }, by(service)), TypeError);
  }
  await assert.rejects(completePasswordReset({ email: EMAIL, password: "new password" }, by(service)), TypeError);
  await assert.rejects(completePasswordReset({ email: EMAIL, token: "t-1" }, by(service)), TypeError);
  assert.equal(service.calls.length, 0);
});

test("a client from outside makes the calls, and its errors are passed on", async () => {
  const sent = [];
  const client = { fetch: async (path, init) => (sent.push([path, init]), { own: true }) };
  const failing = { fetch: async () => { throw new Error("its own"); } };

  assert.deepEqual(await requestPasswordReset({ email: EMAIL }, { client, publishableApiKey: "pk_1" }), { own: true });
  await completePasswordReset({ email: EMAIL, password: "new password", token: "t-2" }, { client });
  await assert.rejects(requestPasswordReset({ email: EMAIL }, { client: failing }), { message: "its own" });

  const [[path, init], [, completing]] = sent;
  assert.deepEqual([path, init.method, init.body.email], [RESET, "POST", EMAIL]);
  assert.equal(init.headers["x-publishable-api-key"], "pk_1");
  assert.equal(completing.headers.authorization, "Bearer t-2");
});

test("options for all calls are set once", async () => {
  const service = new Service({ [RESET]: {}, [UPDATE]: DONE });
  const options = by(service, { baseUrl: `${BASE}/`, publishableApiKey: "pk_1" });

  await createRequestPasswordReset(options)({ email: EMAIL, locale: "fa" });
  const result = await createCompletePasswordReset(options)({ email: EMAIL, password: "new password", token: "t-3" });

  assert.deepEqual(result, DONE);
  assert.deepEqual(service.calls.map(({ path }) => path), [RESET, UPDATE]);
  assert.equal(service.calls[0].body.locale, "fa");
  assert.ok(service.calls.every(({ headers }) => headers["x-publishable-api-key"] === "pk_1"));
});

test("a repeated completion has the same key, and another one has its own", async () => {
  const service = new Service({ [UPDATE]: ["lost", DONE, DONE, DONE] });
  const complete = createCompletePasswordReset(by(service));
  const input = { email: EMAIL, password: "new password", token: "t-4" };

  await assert.rejects(complete(input), { name: "TypeError", message: "Failed to fetch" });
  await complete(input);
  await complete({ ...input, password: "another one" });
  await complete({ ...input, token: "t-5" });

  const keys = service.calls.map(({ headers }) => headers["idempotency-key"]);
  assert.match(keys[0], /^[0-9a-f]{32}$/);
  assert.deepEqual([keys[0] === keys[1], new Set(keys).size], [true, 3]);
});

test("a refusal is thrown with its type, status, fields and wait", async () => {
  const errors = [{ field: "password", message: "must be 8 to 128 characters" }];
  const body = { success: false, type: "bad_request", message: "Password must be 8 to 128 characters", errors, request_id: "r" };
  const throttled = answer(429, { ...body, type: "throttled", message: "Too many", errors: undefined }, { "retry-after": "60" });
  const foreign = [answer(502, "<html>"), answer(200, "<html>")];
  const service = new Service({ [UPDATE]: [answer(400, body), wrongProof], [RESET]: [throttled, ...foreign] });
  const input = { email: EMAIL, password: "short", token: "t-6" };

  await assert.rejects(completePasswordReset(input, by(service)), { type: "bad_request", status: 400, message: body.message, errors });
  await assert.rejects(completePasswordReset(input, by(service)), { type: "wrong_proof", status: 401 });
  await assert.rejects(requestPasswordReset({ email: EMAIL }, by(service)), { type: "throttled", retryAfterSeconds: 60 });
  await assert.rejects(requestPasswordReset({ email: EMAIL }, by(service)), { type: "unexpected", status: 502 });
  await assert.rejects(requestPasswordReset({ email: EMAIL }, by(service)), { type: "unexpected", status: 200 });
});
