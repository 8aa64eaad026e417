/**
 * What customers with a password do: register, prove their addresses, sign in, change and reset the password, change an address.
 * It stands on customer-auth.js, and keeps the session where that does. Types: passwords.d.ts. How to use it: README.md, beside this file.
 */

import { CustomerAuth } from "./customer-auth.js";

const EMAILPASS = "/auth/customer/emailpass";
const CUSTOMERS = "/store/customers";
const ME = `${CUSTOMERS}/me`;
const RESEND_MS = 90_000; // where an answer does not say it: the service's own default

/** A client of one service, for customers with and without a password. */
export class PasswordAuth extends CustomerAuth {
  /**
   * Keep an address with a password, and tell the token that `createCustomer` needs, within 30 minutes. Which of the two addresses it takes
   * is the service's setting; where it collects both, this is the email. Throws "identity_exists" for an address that can sign in already.
   */
  async register({ email, phone, password }) {
    const { token } = await this.call(`${EMAILPASS}/register`, { body: { email, phone, password }, address: email ?? phone });
    return token;
  }

  /**
   * Make the customer of a registration; `verifications` are the codes that the service sent by itself. Signed in where nothing is left
   * to verify.
   */
  async createCustomer(registration, { email, phone, firstName, lastName, companyName, metadata, referralCode } = {}) {
    const names = { first_name: firstName, last_name: lastName, company_name: companyName };
    const body = { email, phone, ...names, metadata, referral_code: referralCode };
    const told = await this.call(CUSTOMERS, { body, bearer: registration, address: email ?? phone });
    const verifications = (told.verifications ?? []).map((each) => {
      const address = each.type.startsWith("email") ? { email: told.customer.email } : { phone: told.customer.phone };
      return asked(each, "verification", { customerId: told.customer.id, ...address });
    });
    return { ...this.#entered(told), verifications };
  }

  /**
   * Sign in. After the right password it may throw "verification_required", with the `customerId` that `requestVerification` takes, or
   * "registration_incomplete", with the `token` that `createCustomer` takes.
   */
  async signIn({ email, phone, password }) {
    await this.call(EMAILPASS, { body: { email, phone, password }, address: email ?? phone });
    await this.customer().catch(() => null); // the answer does not say who it is; without it the session shows the id alone
    return this.session;
  }

  /** Ask for the code that verifies an address which a customer has given. */
  async requestVerification({ customerId, email, phone }) {
    const body = { customer_id: customerId, type: email ? "email_verification" : "phone_verification" };
    const told = await this.call(`${CUSTOMERS}/otp/send`, { body, address: email ?? phone });
    return asked(told, "verification", { customerId, ...(email ? { email } : { phone }) });
  }

  /** Ask for the code that makes an address the customer's, in the place of the one before. Needs a sign-in in the last 5 minutes. */
  async requestContactChange({ email, phone }) {
    const told = await this.call(`${ME}/contact`, { body: { email, phone }, address: email ?? phone, bearer: true });
    return asked(told, "contact", email ? { email } : { phone });
  }

  /** Ask for another code in the place of this one, from its `resendAt` on. */
  async resendCode(challenge) {
    if (challenge.flow === "verification") return this.requestVerification(challenge);
    if (challenge.flow === "contact") return this.requestContactChange(challenge);
    return super.resendCode(challenge);
  }

  /**
   * Try a code. One of `requestVerification` signs in where nothing else is left to verify; else the answer says `needsLogin`.
   * One of `requestContactChange` gives the session its next tokens, and ends all others.
   */
  async verifyCode(challenge, code, names) {
    const { flow, challenge: token, email, phone } = challenge;
    const path = { verification: `${CUSTOMERS}/otp/verify`, contact: `${ME}/contact/verify` }[flow];
    if (!path) return super.verifyCode(challenge, code, names);
    const bearer = flow === "contact" || undefined;
    return this.#entered(await this.call(path, { body: { token, code }, address: email ?? phone, bearer, proof: token }));
  }

  /**
   * Change the password, or set the first one: that needs a sign-in in the last 5 minutes in the place of the old one. Ends all other
   * sessions.
   */
  async changePassword({ oldPassword, newPassword, confirmPassword = newPassword }) {
    const body = { old_password: oldPassword, new_password: newPassword, confirm_password: confirmPassword };
    await this.call(`${CUSTOMERS}/change-password`, { body, bearer: true });
    return this.session;
  }

  /** Ask for the link that sets a new password. It never tells whether the address is known; "throttled" is told of both. */
  async requestReset({ email, phone }) {
    await this.call(`${EMAILPASS}/reset-password`, { body: { email, phone }, address: email ?? phone });
  }

  /**
   * Set a new password, by the token and the address of the link. Ends all sessions; throws "wrong_proof" for a link that opens nothing
   * any more.
   */
  async completeReset({ email, phone, password, token }) {
    const proof = `${token} ${password}`;
    await this.call(`${EMAILPASS}/update`, { body: { email, phone, password }, address: email ?? phone, bearer: token, proof });
  }

  /** Who is signed in, as the service knows them now. */
  async customer() {
    const { customer } = await this.call(ME, { method: "GET", bearer: true });
    return customer;
  }

  /** Change what is given, null empties it; addresses change by `requestContactChange`. */
  async updateCustomer({ firstName, lastName, companyName, metadata }) {
    const body = { first_name: firstName, last_name: lastName, company_name: companyName, metadata };
    const { customer } = await this.call(ME, { method: "PATCH", body, bearer: true });
    return customer;
  }

  /** Where the customer is signed in, the session used last first. */
  async sessions() {
    const { sessions } = await this.call(`${ME}/sessions`, { method: "GET", bearer: true });
    return sessions.map((each) => ({ ...each, createdAt: new Date(each.createdAt), lastUsedAt: new Date(each.lastUsedAt) }));
  }

  /** End one session of the customer's; to end this one, log out. */
  async endSession(sid) {
    await this.call(`${ME}/sessions/${encodeURIComponent(sid)}`, { method: "DELETE", bearer: true });
  }

  /** Whom the customer has referred, their addresses masked; `cursor` is the `nextCursor` of the part before. */
  async referrals({ limit, cursor } = {}) {
    const query = String(new URLSearchParams(Object.entries({ limit, cursor }).filter(([, value]) => value)));
    const told = await this.call(`/store/my-referrals${query && `?${query}`}`, { method: "GET", bearer: true });
    const children = told.children.map(({ referredAt, customer, ...each }) => {
      return { ...each, referredAt: new Date(referredAt), customer: { ...customer, createdAt: new Date(customer.createdAt) } };
    });
    return { children, nextCursor: told.nextCursor ?? null };
  }

  #entered({ customer, token }) {
    return token ? { ...this.session, needsLogin: false } : { customer, needsLogin: true };
  }
}

function asked({ challenge, token = challenge, expiresAt, resendAt }, flow, address) {
  return { challenge: token, flow, ...address, expiresAt: new Date(expiresAt), resendAt: new Date(resendAt ?? Date.now() + RESEND_MS) };
}
