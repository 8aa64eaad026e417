/**
 * The browser's side of customer-auth: it requests and verifies codes, stores the session, and refreshes it once for all callers.
 * ES modules without dependencies: this one, and those in the folder customer-auth/. They run as they are.
 * Types: customer-auth.d.ts. How to use it: README.md.
 */

import { KnownDevices } from "./customer-auth/known-devices.js";
import { Refresher, TabLock } from "./customer-auth/refresh.js";
import { customerOf } from "./customer-auth/responses.js";
import { SessionStore } from "./customer-auth/session-store.js";
import { FallbackStorage } from "./customer-auth/storage.js";
import { AttemptKeys, CALL_MS, isPath, Transport } from "./customer-auth/transport.js";

export { cleanCode, cleanEmail, cleanPhone, cleanReferralCode, cleanText } from "./customer-auth/cleaning.js";
export { AuthError } from "./customer-auth/responses.js";

const ACCOUNT = "/api/v1/auth/customer";
const FRESH_MS = 30_000; // the shortest remaining life of a token that accessToken() returns

/** A client of one service. An app needs only one; all tabs share what it stores. */
export class CustomerAuth {
  #locale;
  #origins;
  #transport;
  #store;
  #devices;
  #lock;
  #refresher;
  #attemptKeys = new AttemptKeys();

  /** @param {import("./customer-auth.js").Options} [options] */
  constructor(options = {}) {
    const { location: page, navigator } = globalThis;
    const { baseUrl = "", locale, storage, storageKey = "customer-auth", origins = [], fetch, locks = navigator?.locks } = options;
    this.#locale = locale;
    this.#origins = new Set([baseUrl, page?.href, ...origins].filter(Boolean).map((url) => new URL(url, page?.href).origin));
    this.#transport = new Transport(baseUrl, fetch);
    const fallbackStorage = new FallbackStorage(storage);
    this.#store = new SessionStore(fallbackStorage, storageKey);
    this.#devices = new KnownDevices(fallbackStorage, `${storageKey}.devices`);
    this.#lock = new TabLock(locks, storageKey);
    this.#refresher = new Refresher(this.#transport, this.#store, this.#lock);
  }

  /** The current session, or null. The same object until something changes. */
  get session() {
    return this.#store.read()?.session ?? null;
  }

  /**
   * Request a code. "sign-in" also signs up unknown addresses; "register" and "login" accept phone numbers only.
   * If the response was lost, the message may have been sent: the next request within the throttle then fails as "throttled".
   */
  async requestCode({ phone, email }, { flow = "sign-in" } = {}) {
    const path = flow === "sign-in" ? `/login/${email ? "email" : "mobile"}/send` : `${ACCOUNT}/${flow}/request-otp`;
    return this.#requestChallenge(path, { phone, email }, flow);
  }

  /** Request another code to replace this one, from its `resendAt` on. */
  async resendCode({ challenge, phone, email, flow }) {
    if (flow === "sign-in") return this.requestCode({ phone, email });
    return this.#requestChallenge(`${ACCOUNT}/${flow}/resend-otp`, { phone, challenge }, flow);
  }

  /** The delivery state of the message with the code. */
  async delivery({ challenge }) {
    const { delivery, reason } = await this.#transport.call(`/api/v1/auth/challenges/${encodeURIComponent(challenge)}`, { method: "GET" });
    return { state: delivery, ...(reason && { reason }) };
  }

  /**
   * Verify a code and sign in. The names are used if "register" creates an account.
   * The same code again is the same attempt: after "offline" or a 503 you can repeat it, and it is neither counted nor refused as used.
   */
  async verifyCode({ challenge, phone, email, flow }, code, { firstName, lastName } = {}) {
    const path = flow === "sign-in" ? `/login/${email ? "email" : "mobile"}/verify` : `${ACCOUNT}/${flow}/verify-otp`;
    const names = flow === "register" && { first_name: firstName, last_name: lastName };
    const body = { phone, email, challenge, code, ...names };
    const { registered } = await this.call(path, { body, address: phone ?? email, proof: challenge });
    return { ...this.session, registered };
  }

  /** Listen to every sign-in, refresh and sign-out, including those in other tabs. Returns a function that stops listening. */
  onChange(listener) {
    return this.#store.listen(listener);
  }

  /** An access token that is valid for at least 30 more seconds, refreshed if necessary; null if nobody is signed in. */
  async accessToken() {
    let stored = this.#store.read();
    if (stored && stored.expiresAt - Date.now() < FRESH_MS) stored = await this.#refresher.refresh(stored.token);
    return stored?.token ?? null;
  }

  /** Refresh the session now; null if it has ended. */
  async refresh() {
    const stored = this.#store.read();
    return (stored && (await this.#refresher.refresh(stored.token)))?.session ?? null;
  }

  /**
   * Like the browser's fetch, with the access token; after a 401 once more with the next one. A path belongs to the service; origins other
   * than the service's, the page's and those of the option `origins` are refused, so that no token leaks.
   */
  async fetch(input, init) {
    const request = new Request(typeof input === "string" && isPath(input) ? this.#transport.urlOf(input) : input, init);
    const { origin } = new URL(request.url);
    if (!this.#origins.has(origin)) throw new TypeError(`${origin} is not among the origins that get the access token`);
    const token = await this.accessToken();
    const response = await this.#transport.send(request, token);
    if (!token || response.status !== 401) return response;
    const stored = await this.#refresher.refresh(token);
    if (!stored) return response;
    await response.body?.cancel();
    return this.#transport.send(request, stored.token);
  }

  /**
   * Call an endpoint and store the session, customer and device (of `address`, else of all the customer's addresses) in its response.
   * `bearer` is a token, or true for the session's. The same `proof` again, with the same code if the body has one, is the same attempt.
   * `raw` returns the response unchanged. `credentials` as in the browser's fetch.
   */
  async call(path, { method = "POST", body, bearer, address, proof, raw, credentials } = {}) {
    if (!isPath(path)) throw new TypeError(`${path} is not a path`);
    const sendsMessage = address && !proof;
    const known = address && { device: this.#devices.deviceOf(address), ...(sendsMessage && { locale: this.#locale }) };
    const key = proof && this.#attemptKeys.keyOf(proof, body?.code);
    // One attempt has all the time where a second one gains nothing: a code request is throttled, and a provider still at work.
    const attemptMs = (sendsMessage || credentials) && CALL_MS;
    const request = { method, body: body && { ...body, ...known }, key, attemptMs, raw, credentials };
    const act = (token) => this.#callAndStore(path, { ...request, bearer: token }, address);
    if (bearer !== true) return act(bearer);
    return this.#withSession((token) => (method === "POST" ? this.#lock.run(() => act(token)) : act(token))); // no refresh meanwhile
  }

  /**
   * End this session, or with `everywhere` all of the customer's. Without a response it throws and keeps the session: call it again.
   * If the session had already ended, `everywhere` signs out here only and throws "wrong_proof".
   */
  async logout({ everywhere = false } = {}) {
    await this.#lock.run(async () => {
      const stored = this.#store.read();
      if (!stored) return;
      let hadEnded;
      try {
        await this.#transport.call("/login/logout", { body: { refreshToken: stored.refreshToken, everywhere } });
      } catch (error) {
        if (error.status !== 401) throw error;
        hadEnded = error;
      }
      this.#store.clear();
      if (hadEnded && everywhere) throw hadEnded;
    });
  }

  /** Forget the session and the known devices here without calling the service: an unused session ends by itself. */
  forget() {
    this.#devices.forget();
    this.#store.clear();
  }

  async #requestChallenge(path, { phone, email, challenge }, flow) {
    const response = await this.call(path, { body: { phone, email, challenge }, address: phone ?? email });
    const { maskedPhone, maskedEmail, expiresAt, resendAt } = response;
    return { challenge: response.challenge, flow, ...(phone ? { phone, maskedPhone } : { email, maskedEmail }), expiresAt, resendAt };
  }

  /** Run `act` with the access token; if it is refused, once more with the next one. */
  async #withSession(act) {
    const token = await this.accessToken();
    try {
      return await act(token);
    } catch (error) {
      const stored = error.type === "not_authenticated" && token && (await this.#refresher.refresh(token));
      if (!stored) throw error;
      return act(stored.token);
    }
  }

  async #callAndStore(path, request, address) {
    const response = await this.#transport.call(path, request);
    if (request.raw) return response;
    const { device, refreshToken } = response;
    const sameCustomer = request.bearer && this.#store.read()?.customer; // for tokens whose response names nobody
    const member = response.customer ?? response.user ?? (refreshToken && (sameCustomer || {}));
    const customer = member && customerOf(member);
    const { email, phone } = customer ?? {};
    if (device) this.#devices.save(device, address ? [address, address.includes("@") ? email : phone] : [email, phone]);
    if (refreshToken) this.#store.save(response, customer);
    else if (customer) this.#store.updateCustomer(customer);
    return { ...response, customer };
  }
}
