/** Cancelling a deletion, with a code or with the token of a refused sign-in. */

import assert from "node:assert/strict";
import test from "node:test";

import { cancelDeletion, confirmDeletion, requestCancellation } from "../../web/deletion.js";
import { answer, PHONE } from "./machine.js";
import { CODE_SENT, DELETION_REQUEST, EMAIL, PATHS, REQUEST_BODY, signedInMember, signedOutClient } from "./deletions.js";

const PENDING = { success: false, type: "account_deletion_pending", message: "This account is being deleted", request_id: "r" };

for (const [by, address] of Object.entries({ phone: PHONE, email: EMAIL })) {
  test(`a deletion is cancelled by the code to the account's ${by}`, async () => {
    const cancelled = { ...REQUEST_BODY, status: "cancelled", cancelled_at: "2026-01-02T00:00:00Z" };
    const answers = { [PATHS.requestCancellation]: CODE_SENT, [PATHS.cancel]: { cancelled: true, request: cancelled } };
    const [auth, service] = signedOutClient(answers, { locale: "fa" });

    const challenge = await requestCancellation(auth, { [by]: address });
    const request = await cancelDeletion(auth, challenge, "123456");

    assert.deepEqual([challenge.flow, challenge[by], challenge.challenge], ["cancellation", address, "ch_1"]);
    assert.deepEqual(request, { ...DELETION_REQUEST, status: "cancelled", cancelledAt: new Date("2026-01-02T00:00:00Z") });
    assert.deepEqual(service.calls.map(({ body }) => body), [{ [by]: address, locale: "fa" }, { token: "ch_1", code: "123456" }]);
    assert.ok(service.calls.every(({ headers }) => headers.authorization === undefined));
  });
}

test("the browser that deleted an account is still a known device for cancelling", async () => {
  const [auth, service] = await signedInMember({ [PATHS.confirm]: { request: REQUEST_BODY }, [PATHS.requestCancellation]: CODE_SENT });

  await confirmDeletion(auth, { challenge: "ch_1" }, "123456");
  await requestCancellation(auth, { phone: PHONE });

  assert.equal(service.to(PATHS.requestCancellation)[0].body.device, "device-1");
});

test("a refused sign-in has the token that cancels the deletion without a code", async () => {
  const refused = answer(403, { ...PENDING, cancel_token: "keep_1" });
  const [auth, service] = signedOutClient({ "/login/mobile/verify": refused, [PATHS.cancel]: { cancelled: true, request: REQUEST_BODY } });

  const challenge = { challenge: "ch_1", flow: "sign-in", phone: PHONE };
  const error = await auth.verifyCode(challenge, "123456").catch((each) => each);
  await cancelDeletion(auth, { challenge: error.cancelToken });

  assert.deepEqual([error.type, error.cancelToken], ["account_deletion_pending", "keep_1"]);
  assert.deepEqual(service.to(PATHS.cancel)[0].body, { token: "keep_1" });
});

test("an erasure that has begun cannot be cancelled", async () => {
  const [auth] = signedOutClient({ [PATHS.cancel]: answer(403, PENDING) });

  await assert.rejects(cancelDeletion(auth, { challenge: "ch_1" }, "123456"), { type: "account_deletion_pending", status: 403 });
});
