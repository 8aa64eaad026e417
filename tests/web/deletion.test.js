import assert from "node:assert/strict";
import test from "node:test";

import { cancelDeletion, confirmDeletion, exportData, requestCancellation, requestDeletion } from "../../web/deletion.js";
import { answer, Machine, pair, passing, PHONE, Service, signedIn, stopTime, token, unavailable, wrongProof } from "./machine.js";

const DELETION = "/store/customers/account-deletion";
const [REQUEST, CONFIRM] = [`${DELETION}/request`, `${DELETION}/confirm`];
const [ASK_TO_KEEP, KEEP] = [`${DELETION}/cancel-request`, `${DELETION}/cancel-confirm`];
const EXPORT = "/store/customers/me/export";
const REFRESH = "/login/refresh";
const EMAIL = "ada@example.com";
const SENT = { token: "ch_1", expires_at: "2026-01-01T00:10:00Z", request: null };
const TOLD = {
  id: "adr_1",
  customer_id: "cus_1",
  reason: null,
  status: "confirmed",
  deletion_scheduled_at: "2026-01-08T00:00:00Z",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  cancelled_at: null,
  completed_at: null,
};
const SHOWN = {
  id: "adr_1",
  customerId: "cus_1",
  reason: null,
  status: "confirmed",
  deletionScheduledAt: new Date("2026-01-08T00:00:00Z"),
  createdAt: new Date("2026-01-01T00:00:00Z"),
  updatedAt: new Date("2026-01-01T00:00:00Z"),
  cancelledAt: null,
  completedAt: null,
};
const PENDING = { success: false, type: "account_deletion_pending", message: "This account is being deleted", request_id: "r" };

async function member(answers = {}, options) {
  const [machine, service] = [new Machine(), new Service({ [REFRESH]: wrongProof, ...answers })];
  const auth = await signedIn(machine, service, options);
  service.calls.length = 0;
  return [auth, service];
}

const stranger = (answers, options) => {
  const service = new Service(answers);
  return [new Machine().tab(service, options), service];
};
const keys = (calls) => calls.map(({ headers }) => headers["idempotency-key"]);

test("the signed-in customer requests a deletion with a reason, a device and a language", async (t) => {
  stopTime(t);
  const [auth, service] = await member({ [REQUEST]: SENT }, { locale: "tr" });

  const challenge = await requestDeletion(auth, { reason: "too many emails" });

  const [{ method, headers, body }] = service.calls;
  assert.deepEqual([method, headers.authorization], ["POST", `Bearer ${token("1")}`]);
  assert.deepEqual(body, { reason: "too many emails", device: "device-1", locale: "tr" });
  assert.deepEqual(challenge, {
    challenge: "ch_1",
    flow: "deletion",
    reason: "too many emails",
    expiresAt: new Date(SENT.expires_at),
    resendAt: new Date("2026-01-01T00:01:30Z"),
    request: null,
  });
  assert.equal(auth.session.customer.id, "cus_1");
});

test("a challenge requests another code", async () => {
  const [auth, service] = await member({ [REQUEST]: [SENT, { ...SENT, token: "ch_2" }] });

  const again = await requestDeletion(auth, await requestDeletion(auth, { reason: "too many emails" }));

  assert.equal(again.challenge, "ch_2");
  assert.deepEqual(service.calls.map(({ body }) => body.reason), ["too many emails", "too many emails"]);
});

test("the code deletes the account, and the session ends here too", async () => {
  const [auth, service] = await member({ [REQUEST]: SENT, [CONFIRM]: { request: TOLD } });
  const heard = [];
  auth.onChange((session) => heard.push(session));

  const request = await confirmDeletion(auth, await requestDeletion(auth), "123456");

  assert.deepEqual(request, SHOWN);
  assert.deepEqual([auth.session, heard], [null, [null]]);
  const [{ headers, body }] = service.to(CONFIRM);
  assert.deepEqual([body, headers.authorization], [{ token: "ch_1", code: "123456" }, undefined]);
  assert.match(headers["idempotency-key"], /^[0-9a-f]{32}$/);
});

test("the session ends even if the service no longer says so", async (t) => {
  stopTime(t);
  const [auth] = await member({ [CONFIRM]: { request: TOLD }, [REFRESH]: "lost" });

  await passing(t, confirmDeletion(auth, { challenge: "ch_1" }, "123456"));

  assert.equal(auth.session, null);
});

test("somebody else who has signed in meanwhile stays signed in", async () => {
  const [auth] = await member({ [CONFIRM]: { request: TOLD }, [REFRESH]: pair("2") });

  await confirmDeletion(auth, { challenge: "ch_1" }, "123456");

  assert.equal(auth.session.claims.jti, "2");
});

test("the deletion of a customer without a verified address is confirmed at once", async () => {
  const [auth, service] = await member({ [REQUEST]: { token: null, expires_at: null, request: TOLD } });

  const { challenge, expiresAt, request } = await requestDeletion(auth);

  assert.deepEqual([challenge, expiresAt, request, auth.session], [null, null, SHOWN, null]);
  assert.equal(service.to(CONFIRM).length, 0);
});

test("a wrong code leaves the account and the session as they are", async () => {
  const [auth] = await member({ [CONFIRM]: wrongProof });

  await assert.rejects(confirmDeletion(auth, { challenge: "ch_1" }, "000000"), { type: "wrong_proof", status: 401 });
  assert.equal(auth.session.customer.id, "cus_1");
});

for (const [by, address] of Object.entries({ phone: PHONE, email: EMAIL })) {
  test(`a deletion is cancelled by the code to the account's ${by}`, async () => {
    const cancelled = { ...TOLD, status: "cancelled", cancelled_at: "2026-01-02T00:00:00Z" };
    const [auth, service] = stranger({ [ASK_TO_KEEP]: SENT, [KEEP]: { cancelled: true, request: cancelled } }, { locale: "fa" });

    const challenge = await requestCancellation(auth, { [by]: address });
    const request = await cancelDeletion(auth, challenge, "123456");

    assert.deepEqual([challenge.flow, challenge[by], challenge.challenge], ["cancellation", address, "ch_1"]);
    assert.deepEqual(request, { ...SHOWN, status: "cancelled", cancelledAt: new Date("2026-01-02T00:00:00Z") });
    assert.deepEqual(service.calls.map(({ body }) => body), [{ [by]: address, locale: "fa" }, { token: "ch_1", code: "123456" }]);
    assert.ok(service.calls.every(({ headers }) => headers.authorization === undefined));
  });
}

test("the browser that deleted an account is still a known device for cancelling", async () => {
  const [auth, service] = await member({ [CONFIRM]: { request: TOLD }, [ASK_TO_KEEP]: SENT });

  await confirmDeletion(auth, { challenge: "ch_1" }, "123456");
  await requestCancellation(auth, { phone: PHONE });

  assert.equal(service.to(ASK_TO_KEEP)[0].body.device, "device-1");
});

test("a refused sign-in has the token that cancels the deletion without a code", async () => {
  const refused = answer(403, { ...PENDING, cancel_token: "keep_1" });
  const [auth, service] = stranger({ "/login/mobile/verify": refused, [KEEP]: { cancelled: true, request: TOLD } });

  const challenge = { challenge: "ch_1", flow: "sign-in", phone: PHONE };
  const error = await auth.verifyCode(challenge, "123456").catch((each) => each);
  await cancelDeletion(auth, { challenge: error.cancelToken });

  assert.deepEqual([error.type, error.cancelToken], ["account_deletion_pending", "keep_1"]);
  assert.deepEqual(service.to(KEEP)[0].body, { token: "keep_1" });
});

test("an erasure that has begun cannot be cancelled", async () => {
  const [auth] = stranger({ [KEEP]: answer(403, PENDING) });

  await assert.rejects(cancelDeletion(auth, { challenge: "ch_1" }, "123456"), { type: "account_deletion_pending", status: 403 });
});

for (const [name, path, act] of [["confirmed", CONFIRM, confirmDeletion], ["cancelled", KEEP, cancelDeletion]]) {
  test(`a deletion is ${name} again in the same attempt, after a 503 and a lost response`, async (t) => {
    stopTime(t);
    const done = { cancelled: true, request: TOLD };
    const [auth, service] = stranger({ [path]: [unavailable, "lost", "lost", done, done] });

    await assert.rejects(passing(t, act(auth, { challenge: "ch_1" }, "123456")), { type: "offline" });
    assert.ok(service.calls[1].at - service.calls[0].at >= 2_000);
    await act(auth, { challenge: "ch_1" }, "123456");
    await act(auth, { challenge: "ch_1" }, "654321");

    const [first, ...others] = keys(service.to(path));
    assert.deepEqual(others.map((each) => each === first), [true, true, true, false]);
  });
}

test("code requests are repeated after a 503, and a throttle is thrown with its wait", async (t) => {
  stopTime(t);
  const throttled = answer(429, { success: false, type: "throttled", message: "Too many", request_id: "r" }, { "retry-after": "60" });
  const [auth, service] = await member({ [REQUEST]: [unavailable, SENT], [ASK_TO_KEEP]: [unavailable, throttled] });

  await passing(t, requestDeletion(auth));
  const request = passing(t, requestCancellation(auth, { email: EMAIL }));

  await assert.rejects(request, { type: "throttled", retryAfterSeconds: 60 });
  assert.deepEqual([service.to(REQUEST).length, service.to(ASK_TO_KEEP).length], [2, 2]);
});

test("a customer's data is returned as the service writes it, and none of it is stored", async (t) => {
  stopTime(t);
  const held = { customer: { id: "cus_1", first_name: "Grace" }, sessions: [{ last_used_at: "2026-01-01T00:00:00Z" }], expires_at: "x" };
  const [auth, service] = await member({ [EXPORT]: [unavailable, held] });

  const document = await passing(t, exportData(auth));

  assert.deepEqual(document, held);
  assert.equal(auth.session.customer.name, "Ada");
  assert.deepEqual([service.calls[1].method, service.calls[1].headers.authorization], ["GET", `Bearer ${token("1")}`]);
});

test("a customer's data is returned only after a recent sign-in, and only as JSON", async () => {
  const old = { success: false, type: "reauthentication_required", message: "Sign in again first", request_id: "r" };
  const [auth] = await member({ [EXPORT]: [answer(403, old), answer(200, "<html>")] });

  await assert.rejects(exportData(auth), { type: "reauthentication_required", status: 403 });
  await assert.rejects(exportData(auth), { type: "unexpected", status: 200 });
});
