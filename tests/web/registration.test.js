/** Registering with a password, and verifying the addresses. */

import assert from "node:assert/strict";
import test from "node:test";

import { answer, Machine, PHONE, stopTime, wrongProof } from "./machine.js";
import { CODE_SENT, CONTACT, CUSTOMER, EMAIL, EMAILPASS, member } from "./members.js";
import { PASSWORD, SEND, SESSION_CUSTOMER, tab, tokens, VERIFY } from "./members.js";

test("a registration returns the token that creates its customer", async () => {
  const left = { ...CUSTOMER, email_verified: false };
  const created = answer(201, { customer: left, token: null, refresh_token: null, expires_in: null, device: null, verifications: [] });
  const answers = { [`${EMAILPASS}/register`]: answer(201, { token: "reg_1" }), "/store/customers": created };
  const [auth, service] = tab(answers, new Machine(), { locale: "fa" });

  const registration = await auth.register({ email: EMAIL, password: PASSWORD });
  const names = { firstName: "Ada", companyName: "Engines", metadata: { some_key: 1 }, referralCode: "ABC" };
  const entered = await auth.createCustomer(registration, { email: EMAIL, phone: PHONE, ...names });

  const [registered, opened] = service.calls;
  assert.deepEqual(registered.body, { email: EMAIL, password: PASSWORD, locale: "fa" });
  assert.equal(opened.headers.authorization, "Bearer reg_1");
  assert.deepEqual(opened.body, {
    email: EMAIL,
    phone: PHONE,
    first_name: "Ada",
    company_name: "Engines",
    metadata: { some_key: 1 },
    referral_code: "ABC",
    locale: "fa",
  });
  assert.deepEqual(entered, { customer: { ...SESSION_CUSTOMER, emailVerified: false }, needsLogin: true, verifications: [] });
  assert.equal(auth.session, null);
});

test("a customer with nothing left to verify is signed in at once", async () => {
  const [auth] = tab({ "/store/customers": answer(201, { ...tokens("1"), customer: CUSTOMER, verifications: [] }) });

  const entered = await auth.createCustomer("reg_1", { email: EMAIL });

  assert.deepEqual([entered.needsLogin, entered.claims.jti, auth.session.customer], [false, "1", SESSION_CUSTOMER]);
});

test("codes that the service sent by itself are verified like requested ones", async (t) => {
  stopTime(t);
  const verifications = [
    { type: "email_verification", token: "ch_e", expires_at: CODE_SENT.expires_at },
    { type: "phone_verification", token: "ch_p", expires_at: CODE_SENT.expires_at },
  ];
  const answers = { "/store/customers": answer(201, { customer: CUSTOMER, token: null, refresh_token: null, verifications }) };
  const [auth, service] = tab({ ...answers, [VERIFY]: { verified: true, customer: CUSTOMER, token: null, needs_login: true } });

  const { verifications: codes } = await auth.createCustomer("reg_1", { email: EMAIL, phone: PHONE });
  await auth.verifyCode(codes[1], "123456");

  assert.deepEqual(codes[0], {
    challenge: "ch_e",
    flow: "verification",
    customerId: "cus_1",
    email: EMAIL,
    expiresAt: new Date(CODE_SENT.expires_at),
    resendAt: new Date("2026-01-01T00:01:30Z"),
  });
  assert.equal(service.to(VERIFY)[0].body.token, "ch_p");
});

test("a code verifies its address, and signs in when nothing else is left to verify", async () => {
  const first = { verified: true, customer: CUSTOMER, token: null, refresh_token: null, device: null, needs_login: true };
  const second = { ...first, ...tokens("1"), customer: { ...CUSTOMER, phone_verified: true }, needs_login: false };
  const [auth, service] = tab({ [SEND]: CODE_SENT, [VERIFY]: [first, second] });

  const email = await auth.requestVerification({ customerId: "cus_1", email: EMAIL });
  const left = await auth.verifyCode(email, "111111");
  const phone = await auth.requestVerification({ customerId: left.customer.id, phone: left.customer.phone });
  const entered = await auth.verifyCode(phone, "222222");

  assert.deepEqual([left.needsLogin, left.claims, entered.needsLogin, entered.customer.phoneVerified], [true, undefined, false, true]);
  assert.deepEqual(service.to(SEND).map(({ body }) => body), [
    { customer_id: "cus_1", type: "email_verification" },
    { customer_id: "cus_1", type: "phone_verification" },
  ]);
  assert.deepEqual(service.to(VERIFY).map(({ body }) => body.code), ["111111", "222222"]);
});

test("another code is requested like the one before", async () => {
  const [auth, service] = await member({ [SEND]: CODE_SENT, [CONTACT]: CODE_SENT });

  await auth.resendCode(await auth.requestVerification({ customerId: "cus_1", phone: PHONE }));
  await auth.resendCode(await auth.requestContactChange({ email: "b@example.com" }));

  assert.equal(service.to(SEND)[1].body.type, "phone_verification");
  assert.equal(service.to(CONTACT)[1].body.email, "b@example.com");
});

test("codes of the other flows are verified as by the client", async () => {
  const [auth, service] = tab({ "/login/email/send": { challenge: "ch_9", ...CODE_SENT }, "/login/email/verify": wrongProof });

  const challenge = await auth.requestCode({ email: EMAIL });
  await assert.rejects(auth.verifyCode(challenge, "123456"), { type: "wrong_proof" });
  await auth.resendCode(challenge);

  assert.deepEqual(service.calls.map(({ path }) => path), ["/login/email/send", "/login/email/verify", "/login/email/send"]);
});
