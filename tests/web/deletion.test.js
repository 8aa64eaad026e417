/** Deleting an account with a code, and with none. */

import assert from "node:assert/strict";
import test from "node:test";

import { cancelDeletion, confirmDeletion, requestCancellation, requestDeletion } from "../../web/deletion.js";
import { answer, passing, stopTime, token, tokenPair, unavailable, wrongProof } from "./machine.js";
import { CODE_SENT, DELETION_REQUEST, EMAIL, PATHS, REQUEST_BODY, signedInMember, signedOutClient } from "./deletions.js";

const keys = (calls) => calls.map(({ headers }) => headers["idempotency-key"]);

test("the signed-in customer requests a deletion with a reason, a device and a language", async (t) => {
  stopTime(t);
  const [auth, service] = await signedInMember({ [PATHS.request]: CODE_SENT }, { locale: "tr" });

  const challenge = await requestDeletion(auth, { reason: "too many emails" });

  const [{ method, headers, body }] = service.calls;
  assert.deepEqual([method, headers.authorization], ["POST", `Bearer ${token("1")}`]);
  assert.deepEqual(body, { reason: "too many emails", device: "device-1", locale: "tr" });
  assert.deepEqual(challenge, {
    challenge: "ch_1",
    flow: "deletion",
    reason: "too many emails",
    expiresAt: new Date(CODE_SENT.expires_at),
    resendAt: new Date("2026-01-01T00:01:30Z"),
    request: null,
  });
  assert.equal(auth.session.customer.id, "cus_1");
});

test("a challenge requests another code", async () => {
  const [auth, service] = await signedInMember({ [PATHS.request]: [CODE_SENT, { ...CODE_SENT, token: "ch_2" }] });

  const again = await requestDeletion(auth, await requestDeletion(auth, { reason: "too many emails" }));

  assert.equal(again.challenge, "ch_2");
  assert.deepEqual(service.calls.map(({ body }) => body.reason), ["too many emails", "too many emails"]);
});

test("the code deletes the account, and the session ends here too", async () => {
  const [auth, service] = await signedInMember({ [PATHS.request]: CODE_SENT, [PATHS.confirm]: { request: REQUEST_BODY } });
  const heard = [];
  auth.onChange((session) => heard.push(session));

  const request = await confirmDeletion(auth, await requestDeletion(auth), "123456");

  assert.deepEqual(request, DELETION_REQUEST);
  assert.deepEqual([auth.session, heard], [null, [null]]);
  const [{ headers, body }] = service.to(PATHS.confirm);
  assert.deepEqual([body, headers.authorization], [{ token: "ch_1", code: "123456" }, undefined]);
  assert.match(headers["idempotency-key"], /^[0-9a-f]{32}$/);
});

test("the session ends even if the service no longer says so", async (t) => {
  stopTime(t);
  const [auth] = await signedInMember({ [PATHS.confirm]: { request: REQUEST_BODY }, "/login/refresh": "lost" });

  await passing(t, confirmDeletion(auth, { challenge: "ch_1" }, "123456"));

  assert.equal(auth.session, null);
});

test("somebody else who has signed in meanwhile stays signed in", async () => {
  const [auth] = await signedInMember({ [PATHS.confirm]: { request: REQUEST_BODY }, "/login/refresh": tokenPair("2") });

  await confirmDeletion(auth, { challenge: "ch_1" }, "123456");

  assert.equal(auth.session.claims.jti, "2");
});

test("the deletion of a customer without a verified address is confirmed at once", async () => {
  const [auth, service] = await signedInMember({ [PATHS.request]: { token: null, expires_at: null, request: REQUEST_BODY } });

  const { challenge, expiresAt, request } = await requestDeletion(auth);

  assert.deepEqual([challenge, expiresAt, request, auth.session], [null, null, DELETION_REQUEST, null]);
  assert.equal(service.to(PATHS.confirm).length, 0);
});

test("a wrong code leaves the account and the session as they are", async () => {
  const [auth] = await signedInMember({ [PATHS.confirm]: wrongProof });

  await assert.rejects(confirmDeletion(auth, { challenge: "ch_1" }, "000000"), { type: "wrong_proof", status: 401 });
  assert.equal(auth.session.customer.id, "cus_1");
});

for (const [name, path, act] of [["confirmed", PATHS.confirm, confirmDeletion], ["cancelled", PATHS.cancel, cancelDeletion]]) {
  test(`a deletion is ${name} again in the same attempt, after a 503 and a lost response`, async (t) => {
    stopTime(t);
    const done = { cancelled: true, request: REQUEST_BODY };
    const [auth, service] = signedOutClient({ [path]: [unavailable, "lost", "lost", done, done] });

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
  const answers = { [PATHS.request]: [unavailable, CODE_SENT], [PATHS.requestCancellation]: [unavailable, throttled] };
  const [auth, service] = await signedInMember(answers);

  await passing(t, requestDeletion(auth));
  const request = passing(t, requestCancellation(auth, { email: EMAIL }));

  await assert.rejects(request, { type: "throttled", retryAfterSeconds: 60 });
  assert.deepEqual([service.to(PATHS.request).length, service.to(PATHS.requestCancellation).length], [2, 2]);
});
