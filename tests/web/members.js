/** Fixtures of the tests of passwords: what the service answers, and the clients that call it. */

import { PasswordAuth } from "../../web/passwords.js";
import { answer, Machine, PHONE, Service, token } from "./machine.js";

export const EMAIL = "ada@example.com";
export const PASSWORD = "correct horse";
export const EMAILPASS = "/auth/customer/emailpass";
export const ME = "/store/customers/me";
export const SEND = "/store/customers/otp/send";
export const VERIFY = "/store/customers/otp/verify";
export const CHANGE = "/store/customers/change-password";
export const CONTACT = `${ME}/contact`;
export const CUSTOMER = {
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
export const SESSION_CUSTOMER = {
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
export const CODE_SENT = { token: "ch_1", expires_at: "2026-01-01T00:10:00Z", resend_at: "2026-01-01T00:01:30Z" };
export const ENDED = answer(401, { success: false, type: "not_authenticated", message: "Missing or expired token", request_id: "r" });

/** What a response with a new session contains. */
export const tokens = (name) => ({ token: token(name), refresh_token: `refresh-${name}`, expires_in: 900, device: `device-${name}` });

/** A client of a service with these answers, and the service. */
export function tab(answers, machine = new Machine(), options = {}) {
  const service = new Service(answers);
  return [machine.tab(service, options, PasswordAuth), service];
}

/** The client of a customer who has signed in with the password, and the service, without the calls of the sign-in. */
export async function member(answers = {}, options) {
  const [auth, service] = tab({ [EMAILPASS]: tokens("1"), [ME]: { customer: CUSTOMER }, ...answers }, new Machine(), options);
  await auth.signIn({ email: EMAIL, password: PASSWORD });
  service.calls.length = 0;
  return [auth, service];
}

/** The Authorization headers of calls. */
export const bearers = (calls) => calls.map(({ headers }) => headers.authorization);
