import assert from "node:assert/strict";
import test from "node:test";

import { PasswordAuth } from "../../web/passwords.js";
import { answer, BASE, Machine, pair, passing, PHONE, Service, stopTime, token, unavailable, wrongProof } from "./machine.js";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse";
const EMAILPASS = "/auth/customer/emailpass";
const ME = "/store/customers/me";
const SEND = "/store/customers/otp/send";
const VERIFY = "/store/customers/otp/verify";
const CHANGE = "/store/customers/change-password";
const CONTACT = `${ME}/contact`;
const CUSTOMER = {
  id: "cus_1",
  email: EMAIL,
  phone: PHONE,
  first_name: "Ada",
  last_name: null,
  metadata: { some_key: 1 },
  email_verified: true,
  phone_verified: false,
  referral_code: "ABC",
};
const SHOWN = {
  id: "cus_1",
  email: EMAIL,
  phone: PHONE,
  name: "Ada",
  firstName: "Ada",
  lastName: null,
  referralCode: "ABC",
  emailVerified: true,
  phoneVerified: false,
};
const SENT = { token: "ch_1", expires_at: "2026-01-01T00:10:00Z", resend_at: "2026-01-01T00:01:30Z" };
const ENDED = answer(401, { success: false, type: "not_authenticated", message: "Missing, invalid or expired token", request_id: "r" });

const tokens = (name) => ({ token: token(name), refresh_token: `refresh-${name}`, expires_in: 900, device: `device-${name}` });
const tab = (answers, machine = new Machine(), options = {}) => {
  const service = new Service(answers);
  return [machine.tab(service, options, PasswordAuth), service];
};

async function member(answers = {}, options) {
  const [auth, service] = tab({ [EMAILPASS]: tokens("1"), [ME]: { customer: CUSTOMER }, ...answers }, new Machine(), options);
  await auth.signIn({ email: EMAIL, password: PASSWORD });
  service.calls.length = 0;
  return [auth, service];
}

const bearers = (calls) => calls.map(({ headers }) => headers.authorization);

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
  assert.deepEqual(entered, { customer: { ...SHOWN, emailVerified: false }, needsLogin: true, verifications: [] });
  assert.equal(auth.session, null);
});

test("a customer with nothing left to verify is signed in at once", async () => {
  const [auth] = tab({ "/store/customers": answer(201, { ...tokens("1"), customer: CUSTOMER, verifications: [] }) });

  const entered = await auth.createCustomer("reg_1", { email: EMAIL });

  assert.deepEqual([entered.needsLogin, entered.claims.jti, auth.session.customer], [false, "1", SHOWN]);
});

test("codes that the service sent by itself are verified like requested ones", async (t) => {
  stopTime(t);
  const verifications = [
    { type: "email_verification", token: "ch_e", expires_at: SENT.expires_at },
    { type: "phone_verification", token: "ch_p", expires_at: SENT.expires_at },
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
    expiresAt: new Date(SENT.expires_at),
    resendAt: new Date("2026-01-01T00:01:30Z"),
  });
  assert.equal(service.to(VERIFY)[0].body.token, "ch_p");
});

test("a code verifies its address, and signs in when nothing else is left to verify", async () => {
  const first = { verified: true, customer: CUSTOMER, token: null, refresh_token: null, device: null, needs_login: true };
  const second = { ...first, ...tokens("1"), customer: { ...CUSTOMER, phone_verified: true }, needs_login: false };
  const [auth, service] = tab({ [SEND]: SENT, [VERIFY]: [first, second] });

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
  const [auth, service] = await member({ [SEND]: SENT, [CONTACT]: SENT });

  await auth.resendCode(await auth.requestVerification({ customerId: "cus_1", phone: PHONE }));
  await auth.resendCode(await auth.requestContactChange({ email: "b@example.com" }));

  assert.equal(service.to(SEND)[1].body.type, "phone_verification");
  assert.equal(service.to(CONTACT)[1].body.email, "b@example.com");
});

test("a sign-in by password shows the customer and makes the browser a known device", async () => {
  const [auth, service] = await member({}, { locale: "tr" });

  assert.deepEqual([auth.session.customer, auth.session.claims.jti], [SHOWN, "1"]);
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

test("after a change of the password every tab continues with the next tokens", async () => {
  const machine = new Machine();
  const answers = { [EMAILPASS]: tokens("1"), [ME]: { customer: CUSTOMER }, [CHANGE]: tokens("2"), "/login/refresh": pair("3") };
  const [auth, service] = tab(answers, machine);
  const [other] = tab({}, machine);
  await auth.signIn({ email: EMAIL, password: PASSWORD });

  const session = await auth.changePassword({ oldPassword: PASSWORD, newPassword: "another one" });

  const { body, headers } = service.to(CHANGE)[0];
  assert.deepEqual(body, { old_password: PASSWORD, new_password: "another one", confirm_password: "another one" });
  assert.equal(headers.authorization, `Bearer ${token("1")}`);
  assert.deepEqual([session.claims.jti, session.customer, await other.accessToken()], ["2", SHOWN, token("2")]);
  await auth.refresh();
  assert.equal(service.to("/login/refresh")[0].body.refreshToken, "refresh-2");
});

test("a refresh in another tab waits for a change of the password, and is then unnecessary", async (t) => {
  stopTime(t);
  const machine = new Machine();
  const slow = async () => new Promise((resolve) => setTimeout(resolve, 3_000, tokens("2")));
  const [auth] = tab({ [EMAILPASS]: tokens("1"), [ME]: { customer: CUSTOMER }, [CHANGE]: slow }, machine);
  const [other, service] = tab({ "/login/refresh": wrongProof }, machine);
  await passing(t, auth.signIn({ email: EMAIL, password: PASSWORD }));

  const changed = auth.changePassword({ oldPassword: PASSWORD, newPassword: "another one" });
  await new Promise((resolve) => setImmediate(resolve));
  const refreshed = other.refresh();
  const [session] = await passing(t, Promise.all([changed, refreshed]));

  assert.equal(session.claims.jti, "2");
  assert.deepEqual([other.session.claims.jti, service.calls.length], ["2", 0]);
});

test("a wrong old password leaves the session as it is", async () => {
  const [auth, service] = await member({ [CHANGE]: wrongProof });

  await assert.rejects(auth.changePassword({ oldPassword: "x", newPassword: "another one" }), { type: "wrong_proof" });
  assert.deepEqual([auth.session.claims.jti, service.calls.length], ["1", 1]);
});

test("after a refused token the call is repeated once with the next one", async () => {
  const [auth, service] = await member({ [`${ME}/sessions`]: [ENDED, { sessions: [] }], "/login/refresh": pair("2") });

  assert.deepEqual(await auth.sessions(), []);
  assert.deepEqual(bearers(service.to(`${ME}/sessions`)), [`Bearer ${token("1")}`, `Bearer ${token("2")}`]);

  service.answers[`${ME}/sessions`] = ENDED;
  service.answers["/login/refresh"] = wrongProof;
  await assert.rejects(auth.sessions(), { type: "not_authenticated" });
  assert.equal(auth.session, null);
});

test("another address is confirmed by its code, and a lost response is fetched again with the same key", async (t) => {
  stopTime(t);
  const changed = { customer: { ...CUSTOMER, email: "new@example.com" }, ...tokens("2") };
  const [auth, service] = await member({ [CONTACT]: SENT, [`${CONTACT}/verify`]: ["lost", unavailable, changed] });

  const challenge = await auth.requestContactChange({ email: "New@example.com" });
  const entered = await passing(t, auth.verifyCode(challenge, "123456"));

  assert.deepEqual([challenge.flow, challenge.email], ["contact", "New@example.com"]);
  const tried = service.to(`${CONTACT}/verify`);
  assert.deepEqual(tried[0].body, { token: "ch_1", code: "123456" });
  assert.equal(new Set(tried.map(({ headers }) => headers["idempotency-key"])).size, 1);
  assert.deepEqual(bearers(tried), Array(3).fill(`Bearer ${token("1")}`));
  assert.deepEqual([entered.claims.jti, auth.session.customer.email], ["2", "new@example.com"]);
  service.answers[CONTACT] = SENT;
  await auth.requestContactChange({ email: "new@example.com" });
  assert.equal(service.to(CONTACT)[1].body.device, "device-2");
});

test("codes of the other flows are verified as by the client", async () => {
  const [auth, service] = tab({ "/login/email/send": { challenge: "ch_9", ...SENT }, "/login/email/verify": wrongProof });

  const challenge = await auth.requestCode({ email: EMAIL });
  await assert.rejects(auth.verifyCode(challenge, "123456"), { type: "wrong_proof" });
  await auth.resendCode(challenge);

  assert.deepEqual(service.calls.map(({ path }) => path), ["/login/email/send", "/login/email/verify", "/login/email/send"]);
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

test("a change of names appears in the session, and its tokens stay", async () => {
  const heard = [];
  const [auth, service] = await member({ [ME]: ({ body }) => ({ customer: { ...CUSTOMER, ...(body || {}) } }) });
  auth.onChange((session) => heard.push(session.customer.name));

  const customer = await auth.updateCustomer({ firstName: "Grace", lastName: null });

  assert.deepEqual([customer.name, auth.session.customer.name, heard], ["Grace", "Grace", ["Grace"]]);
  assert.deepEqual([service.calls[0].method, service.calls[0].body], ["PATCH", { first_name: "Grace", last_name: null }]);
  assert.equal(await auth.accessToken(), token("1"));
});

test("sessions are listed with their times, and another one is ended by its id", async () => {
  const at = "2026-01-01T00:00:00Z";
  const stored = { sid: "ses_2", created_at: at, last_used_at: at, client: null, current: false };
  const [auth, service] = await member({ [`${ME}/sessions`]: { sessions: [stored] }, [`${ME}/sessions/ses_2`]: answer(204) });

  const [session] = await auth.sessions();
  assert.deepEqual(session, { sid: "ses_2", createdAt: new Date(at), lastUsedAt: new Date(at), client: null, current: false });
  assert.equal(await auth.endSession("ses_2"), undefined);
  assert.equal(service.to(`${ME}/sessions/ses_2`)[0].method, "DELETE");
});

test("referrals come in pages", async () => {
  const at = "2026-01-01T00:00:00Z";
  const customer = { id: "cus_2", email: "b***@example.com", first_name: "B", last_name: null, phone: null, created_at: at };
  const child = { referral_link_id: "refl_1", referred_at: at, parent_customers_by_level: { 1: "cus_1" }, customer };
  const parts = [{ children: [child], next_cursor: "c&1" }, { children: [], next_cursor: null }];
  const [auth, service] = await member({ "/store/my-referrals": parts });

  const first = await auth.referrals({ limit: 1 });
  const second = await auth.referrals({ limit: 1, cursor: first.nextCursor });

  const shown = { id: "cus_2", email: "b***@example.com", firstName: "B", lastName: null, phone: null, createdAt: new Date(at) };
  const link = { referralLinkId: "refl_1", referredAt: new Date(at), parentCustomersByLevel: { 1: "cus_1" }, customer: shown };
  assert.deepEqual([first, second], [{ children: [link], nextCursor: "c&1" }, { children: [], nextCursor: null }]);
  assert.deepEqual(service.calls.map(({ query }) => query), ["?limit=1", "?limit=1&cursor=c%261"]);
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
