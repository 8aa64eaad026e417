/** What people type and paste is read as the service reads it, with the same examples. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { cleanCode, cleanEmail, cleanPhone, cleanReferralCode, cleanText } from "../../web/customer-auth.js";

import { BASE, Machine, SENT, Service, signInResponse } from "./machine.js";

const EXAMPLES = JSON.parse(readFileSync(new URL("../examples/cleaning.json", import.meta.url)));
const CLEANED_BY = { trim: cleanText, phone: cleanPhone, email: cleanEmail, code: cleanCode, referral_code: cleanReferralCode };

for (const [kind, examples] of Object.entries(EXAMPLES)) {
  for (const { name, typed, cleaned } of examples) {
    test(`${kind}: ${name}`, () => assert.equal(CLEANED_BY[kind](typed), cleaned));
  }
}

test("a code in another spelling is the same attempt, and a number with invisible marks has the same device", async () => {
  const service = new Service({ "/login/mobile/send": SENT, "/login/mobile/verify": signInResponse("1") });
  const auth = new Machine().tab(service, { baseUrl: BASE });
  const challenge = await auth.requestCode({ phone: "+14155550123" });

  await auth.verifyCode(challenge, "123456");
  await auth.verifyCode(challenge, "\u2068123\u2013456\u2069");
  await auth.requestCode({ phone: "\u202a(+1) 415\u2011555\u20110123\u202c" });

  const [first, second] = service.to("/login/mobile/verify");
  assert.equal(second.headers["idempotency-key"], first.headers["idempotency-key"]);
  assert.equal(service.to("/login/mobile/send")[1].body.device, "device-1");
});
