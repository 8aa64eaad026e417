/**
 * What customers with a password do: register, verify their addresses, sign in, change and reset the password, change an address.
 * It extends customer-auth.js and stores the session where that does. Types: passwords.d.ts. How to use it: README.md, beside this file.
 */

import { CustomerAuth } from "./customer-auth.js";

const EMAILPASS = "/auth/customer/emailpass";
const CUSTOMERS = "/store/customers";
const ME = `${CUSTOMERS}/me`;
const RESEND_MS = 90_000; // the service's own default, for responses that do not say it

/** A client of one service, for customers with and without a password. */
export class PasswordAuth extends CustomerAuth {
  /**
   * Register an address with a password; returns the token that `createCustomer` needs within 30 minutes. Which address it takes
   * is the service's setting; if it collects both, this is the email. Throws "identity_exists" if the address can already sign in.
   */
  async register({ email, phone, password }) {
    const { token } = await this.call(`${EMAILPASS}/register`, { body: { email, phone, password }, address: email ?? phone });
    return token;
  }

  /**
   * Create the customer of a registration; `verifications` are the codes that the service has sent by itself. Signs in if nothing is left
   * to verify.
   */
  async createCustomer(registration, { email, phone, firstName, lastName, companyName, metadata, referralCode } = {}) {
    const names = { first_name: firstName, last_name: lastName, company_name: companyName };
    const body = { email, phone, ...names, metadata, referral_code: referralCode };
    const response = await this.call(CUSTOMERS, { body, bearer: registration, address: email ?? phone });
    const verifications = (response.verifications ?? []).map((each) => {
      const address = each.type.startsWith("email") ? { email: response.customer.email } : { phone: response.customer.phone };
      return challengeOf(each, "verification", { customerId: response.customer.id, ...address });
    });
    return { ...this.#resultOf(response), verifications };
  }

  /**
   * Sign in. With the right password it may throw "verification_required", with the `customerId` that `requestVerification` takes, or
   * "registration_incomplete", with the `token` that `createCustomer` takes.
   */
  async signIn({ email, phone, password }) {
    await this.call(EMAILPASS, { body: { email, phone, password }, address: email ?? phone });
    await this.customer().catch(() => null); // the response does not say who it is; if this fails, the session shows only the id
    return this.session;
  }

  /** Request the code that verifies an unverified address of a customer. */
  async requestVerification({ customerId, email, phone }) {
    const body = { customer_id: customerId, type: email ? "email_verification" : "phone_verification" };
    const response = await this.call(`${CUSTOMERS}/otp/send`, { body, address: email ?? phone });
    return challengeOf(response, "verification", { customerId, ...(email ? { email } : { phone }) });
  }

  /** Request the code that replaces the customer's email or phone by this address. Needs a sign-in in the last 5 minutes. */
  async requestContactChange({ email, phone }) {
    const response = await this.call(`${ME}/contact`, { body: { email, phone }, address: email ?? phone, bearer: true });
    return challengeOf(response, "contact", email ? { email } : { phone });
  }

  /** Request another code to replace this one, from its `resendAt` on. */
  async resendCode(challenge) {
    if (challenge.flow === "verification") return this.requestVerification(challenge);
    if (challenge.flow === "contact") return this.requestContactChange(challenge);
    return super.resendCode(challenge);
  }

  /**
   * Verify a code. One of `requestVerification` signs in if nothing else is left to verify; else the response says `needsLogin`.
   * One of `requestContactChange` gives this session its next tokens and ends all other sessions.
   */
  async verifyCode(challenge, code, names) {
    const { flow, challenge: token, email, phone } = challenge;
    const path = { verification: `${CUSTOMERS}/otp/verify`, contact: `${ME}/contact/verify` }[flow];
    if (!path) return super.verifyCode(challenge, code, names);
    const bearer = flow === "contact" || undefined;
    return this.#resultOf(await this.call(path, { body: { token, code }, address: email ?? phone, bearer, proof: token }));
  }

  /**
   * Change the password, or set the first one, which needs a sign-in in the last 5 minutes instead of the old one. Ends all other
   * sessions.
   */
  async changePassword({ oldPassword, newPassword, confirmPassword = newPassword }) {
    const body = { old_password: oldPassword, new_password: newPassword, confirm_password: confirmPassword };
    await this.call(`${CUSTOMERS}/change-password`, { body, bearer: true });
    return this.session;
  }

  /** Request the link that sets a new password. The response never reveals whether the address is known, and neither does "throttled". */
  async requestReset({ email, phone }) {
    await this.call(`${EMAILPASS}/reset-password`, { body: { email, phone }, address: email ?? phone });
  }

  /**
   * Set a new password with the token and the address of the link. Ends all sessions; throws "wrong_proof" if the link is no longer valid.
   */
  async completeReset({ email, phone, password, token }) {
    const proof = `${token} ${password}`;
    await this.call(`${EMAILPASS}/update`, { body: { email, phone, password }, address: email ?? phone, bearer: token, proof });
  }

  /** The customer who is signed in, as the service has them now. */
  async customer() {
    const { customer } = await this.call(ME, { method: "GET", bearer: true });
    return customer;
  }

  /** Change the members that are present; null empties one. Addresses change by `requestContactChange`. */
  async updateCustomer({ firstName, lastName, companyName, metadata }) {
    const body = { first_name: firstName, last_name: lastName, company_name: companyName, metadata };
    const { customer } = await this.call(ME, { method: "PATCH", body, bearer: true });
    return customer;
  }

  /** The customer's sessions, the most recently used first. */
  async sessions() {
    const { sessions } = await this.call(`${ME}/sessions`, { method: "GET", bearer: true });
    return sessions.map((each) => ({ ...each, createdAt: new Date(each.createdAt), lastUsedAt: new Date(each.lastUsedAt) }));
  }

  /** End another session of the customer; to end this one, log out. */
  async endSession(sid) {
    await this.call(`${ME}/sessions/${encodeURIComponent(sid)}`, { method: "DELETE", bearer: true });
  }

  /** The customers whom this one has referred, with masked addresses; `cursor` is the `nextCursor` of the previous page. */
  async referrals({ limit, cursor } = {}) {
    const query = String(new URLSearchParams(Object.entries({ limit, cursor }).filter(([, value]) => value)));
    const response = await this.call(`/store/my-referrals${query && `?${query}`}`, { method: "GET", bearer: true });
    const children = response.children.map(({ referredAt, customer, ...each }) => {
      return { ...each, referredAt: new Date(referredAt), customer: { ...customer, createdAt: new Date(customer.createdAt) } };
    });
    return { children, nextCursor: response.nextCursor ?? null };
  }

  #resultOf({ customer, token }) {
    return token ? { ...this.session, needsLogin: false } : { customer, needsLogin: true };
  }
}

function challengeOf({ challenge, token = challenge, expiresAt, resendAt }, flow, address) {
  return { challenge: token, flow, ...address, expiresAt: new Date(expiresAt), resendAt: new Date(resendAt ?? Date.now() + RESEND_MS) };
}
