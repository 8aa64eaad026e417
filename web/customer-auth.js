/**
 * The browser's side of customer-auth: it requests and verifies codes, stores the session, and refreshes it once for all callers.
 * One ES module without dependencies; it runs as it is. Types: customer-auth.d.ts. How to use it: README.md.
 */

const ACCOUNT = "/api/v1/auth/customer";
const FRESH_MS = 30_000; // the shortest remaining life of a token that accessToken() returns
const PATIENCE_MS = 10_000; // for a call with its retries; after that, a refresh can still be repeated, however late
const TRY_MS = 5_000; // for one attempt of a call
const RETRIES = 2;
const BACKOFF_MS = 500;

/** Every failure: the service's error by its own `type` (docs/errors.md), "offline", or "unexpected" (not a response of the service). */
export class AuthError extends Error {
  /** The type is stable, for programs; the message is for people, in English. */
  constructor(type, message, { cause, ...details } = {}) {
    super(message, { cause });
    Object.assign(this, { name: "AuthError", type, status: 0, errors: [] }, details);
  }
}

/** A client of one service. An app needs only one; all tabs share what it stores. */
export class CustomerAuth {
  #base;
  #locale;
  #storage;
  #key;
  #locks;
  #origins;
  #fetch;
  #raw; // the stored text that #held was read from
  #held = null;
  #renewing;
  #try = {};
  #listeners = new Set();

  /** @param {import("./customer-auth.js").Options} [options] */
  constructor(options = {}) {
    const { location: page, navigator } = globalThis;
    const { baseUrl = "", locale, storage, storageKey = "customer-auth", origins = [], fetch, locks = navigator?.locks } = options;
    this.#base = baseUrl.replace(/\/+$/, "");
    this.#locale = locale;
    this.#storage = storage ?? browserStorage();
    this.#key = storageKey;
    this.#locks = locks;
    this.#origins = new Set([baseUrl, page?.href, ...origins].filter(Boolean).map((url) => new URL(url, page?.href).origin));
    this.#fetch = (...request) => (fetch ?? globalThis.fetch)(...request);
  }

  /** The current session, or null. The same object until something changes. */
  get session() {
    return this.#read()?.session ?? null;
  }

  /**
   * Request a code. "sign-in" also signs up unknown addresses; "register" and "login" accept phone numbers only.
   * If the response was lost, the message may have been sent: the next request within the throttle then fails as "throttled".
   */
  async requestCode({ phone, email }, { flow = "sign-in" } = {}) {
    const path = flow === "sign-in" ? `/login/${email ? "email" : "mobile"}/send` : `${ACCOUNT}/${flow}/request-otp`;
    return this.#askForCode(path, { phone, email }, flow);
  }

  /** Request another code to replace this one, from its `resendAt` on. */
  async resendCode({ challenge, phone, email, flow }) {
    if (flow === "sign-in") return this.requestCode({ phone, email });
    return this.#askForCode(`${ACCOUNT}/${flow}/resend-otp`, { phone, challenge }, flow);
  }

  /** The delivery state of the message with the code. */
  async delivery({ challenge }) {
    const answer = await this.#call(`/api/v1/auth/challenges/${encodeURIComponent(challenge)}`, { method: "GET" });
    return { state: answer.delivery, ...(answer.reason && { reason: answer.reason }) };
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
    const heard = (session) => listener(session);
    if (this.#listeners.size === 0) globalThis.addEventListener?.("storage", this.#onStorage);
    this.#listeners.add(heard);
    return () => {
      this.#listeners.delete(heard);
      if (this.#listeners.size === 0) globalThis.removeEventListener?.("storage", this.#onStorage);
    };
  }

  /** An access token that is valid for at least 30 more seconds, refreshed if necessary; null if nobody is signed in. */
  async accessToken() {
    let held = this.#read();
    if (held && held.expiresAt - Date.now() < FRESH_MS) held = await this.#renew(held.token);
    return held?.token ?? null;
  }

  /** Refresh the session now; null if it has ended. */
  async refresh() {
    const held = this.#read();
    return (held && (await this.#renew(held.token)))?.session ?? null;
  }

  /**
   * Like the browser's fetch, with the access token; after a 401 once more with the next one. A path belongs to the service; origins other
   * than the service's, the page's and those of the option `origins` are refused, so that no token leaks.
   */
  async fetch(input, init) {
    const ours = typeof input === "string" && /^\/(?![\\/])/.test(input);
    const request = new Request(ours ? this.#base + input : input, init);
    const { origin } = new URL(request.url);
    if (!this.#origins.has(origin)) throw new TypeError(`${origin} is not among the origins that get the access token`);
    const token = await this.accessToken();
    const response = await this.#send(request, token);
    if (!token || response.status !== 401) return response;
    const held = await this.#renew(token);
    if (!held) return response;
    await response.body?.cancel();
    return this.#send(request, held.token);
  }

  /**
   * Call an endpoint and store the session, customer and device (of `address`, else of all the customer's addresses) in its response.
   * `bearer` is a token, or true for the session's. The same `proof` again, with the same code if the body has one, is the same attempt.
   * `raw` returns the response unchanged.
   */
  async call(path, { method = "POST", body, bearer, address, proof, raw } = {}) {
    if (!/^\/(?![\\/])/.test(path)) throw new TypeError(`${path} is not a path`);
    const tried = proof && [proof, cleanCode(body?.code ?? "")].join(" ");
    if (proof && this.#try.proof !== tried) this.#try = { proof: tried, key: randomText() };
    const asks = address && !proof;
    const known = address && { device: this.#device(address), ...(asks && { locale: this.#locale }) };
    // One attempt of a code request has all the time: a second message is throttled, so giving up early would gain nothing.
    const request = { method, body: body && { ...body, ...known }, key: proof && this.#try.key, tryMs: asks && PATIENCE_MS, raw };
    const act = (token) => this.#callAndKeep(path, { ...request, bearer: token }, address);
    if (bearer !== true) return act(bearer);
    const alone = (token) => (method === "POST" ? this.#alone(() => act(token)) : act(token)); // no refresh meanwhile
    const token = await this.accessToken();
    try {
      return await alone(token);
    } catch (error) {
      const held = error.type === "not_authenticated" && token && (await this.#renew(token));
      if (!held) throw error;
      return alone(held.token);
    }
  }

  /**
   * End this session, or with `everywhere` all of the customer's. Without a response it throws and keeps the session: call it again.
   * If the session had already ended, `everywhere` signs out here only and throws "wrong_proof".
   */
  async logout({ everywhere = false } = {}) {
    await this.#alone(async () => {
      const held = this.#read();
      if (!held) return;
      let ended;
      try {
        await this.#call("/login/logout", { body: { refreshToken: held.refreshToken, everywhere } });
      } catch (error) {
        if (error.status !== 401) throw error;
        ended = error;
      }
      this.#write(null);
      if (ended && everywhere) throw ended;
    });
  }

  /** Forget the session and the known devices here without calling the service: an unused session ends by itself. */
  forget() {
    this.#store(`${this.#key}.devices`, null);
    this.#write(null);
  }

  async #askForCode(path, { phone, email, challenge }, flow) {
    const answer = await this.call(path, { body: { phone, email, challenge }, address: phone ?? email });
    const { maskedPhone, maskedEmail, expiresAt, resendAt } = answer;
    return { challenge: answer.challenge, flow, ...(phone ? { phone, maskedPhone } : { email, maskedEmail }), expiresAt, resendAt };
  }

  /** One refresh for any number of callers that have `seen` a token: in this tab by the promise, between tabs by the lock. */
  #renew(seen) {
    this.#renewing ??= this.#alone(() => this.#exchange(seen)).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #exchange(seen) {
    const held = this.#read();
    if (held?.token !== seen) return held; // another tab has refreshed it
    const unchanged = () => this.#read()?.refreshToken === held.refreshToken; // nobody signed in or out meanwhile
    try {
      const answer = await this.#call("/login/refresh", { body: { refreshToken: held.refreshToken } });
      if (unchanged()) this.#keep(answer, held.customer);
    } catch (error) {
      if (unchanged() && error.status !== 401) throw error;
      if (unchanged()) this.#write(null);
    }
    return this.#read();
  }

  /** Run `work` in one tab at a time. A tab that holds the lock for too long may be asleep; it is not waited for. */
  async #alone(work) {
    if (!this.#locks) return work();
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), PATIENCE_MS);
    let begun = false;
    const begin = () => {
      begun = true;
      clearTimeout(timer);
      return work();
    };
    try {
      return await this.#locks.request(this.#key, { signal: waiting.signal }, begin);
    } catch (error) {
      clearTimeout(timer);
      if (begun) throw error;
      return work(); // waited for too long, or this page may not use locks
    }
  }

  /** Call the service, and again after temporary failures: no response, a 503, the gateway's own 429. */
  async #call(path, { method = "POST", body, key, bearer, tryMs, raw }) {
    const ends = Date.now() + PATIENCE_MS;
    const headers = {
      ...(body && { "content-type": "application/json" }),
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...(key && { "idempotency-key": key }),
    };
    const request = { method, headers, body: JSON.stringify(body), raw };
    for (let retry = 0; ; retry += 1) {
      try {
        return await this.#callOnce(path, request, Math.min(tryMs || TRY_MS, ends - Date.now()));
      } catch (error) {
        const passes = error.type === "offline" || error.status === 503 || (error.status === 429 && !error.requestId);
        const afterMs = error.retryAfterSeconds * 1_000 || BACKOFF_MS * 2 ** retry;
        const at = Date.now() + afterMs * (1 + Math.random() / 4); // so that not all clients come at once
        if (!passes || retry === RETRIES || at >= ends) throw error;
        await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
        if (Date.now() >= ends) throw error; // this machine was asleep
      }
    }
  }

  async #callOnce(path, request, withinMs) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), withinMs);
    try {
      const response = await this.#fetch(this.#base + path, { ...request, signal: late.signal });
      const text = await response.text();
      const answer = response.status === 204 ? {} : parsed(text);
      if (!response.ok || !answer) throw refusal(response, answer ?? {});
      if (request.raw) return JSON.parse(text);
      // How far this machine's clock is ahead, by the Date of the response, if the page may read it.
      const aheadMs = Date.now() - Date.parse(response.headers.get("date")) || 0;
      for (const name of ["expiresAt", "resendAt"]) answer[name] &&= new Date(Date.parse(answer[name]) + aheadMs);
      return answer;
    } catch (error) {
      throw error instanceof AuthError ? error : offline(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #send(request, token) {
    const sent = request.clone();
    if (token) sent.headers.set("authorization", `Bearer ${token}`);
    try {
      return await this.#fetch(sent);
    } catch (error) {
      throw request.signal.aborted ? error : offline(error);
    }
  }

  async #callAndKeep(path, request, address) {
    const answer = await this.#call(path, request);
    if (request.raw) return answer;
    const held = this.#read();
    const account = answer.customer ?? answer.user ?? (answer.refreshToken && ((request.bearer && held?.customer) || {}));
    const customer = account && customerOf(account);
    const { email, phone } = customer ?? {};
    if (answer.device) this.#keepDevice(answer.device, address ? [address, address.includes("@") ? email : phone] : [email, phone]);
    if (answer.refreshToken) this.#keep(answer, customer);
    else if (customer && customer.id === held?.session.customer.id) this.#write(JSON.stringify({ ...parsed(this.#raw), customer }));
    return { ...answer, customer };
  }

  #keep(answer, customer) {
    const token = answer.token ?? answer.sessionToken;
    // By this machine's clock, so that a wrong one does no harm; the token's `exp` is by the service's.
    const expiresAt = Date.now() + answer.expiresIn * 1_000;
    this.#write(JSON.stringify({ token, refreshToken: answer.refreshToken, expiresAt, customer }));
  }

  #read() {
    const raw = this.#storage.getItem(this.#key);
    if (raw !== this.#raw) {
      this.#held = heldIn(raw);
      this.#raw = raw;
    }
    return this.#held;
  }

  #write(raw) {
    const before = this.#storage.getItem(this.#key);
    this.#store(this.#key, raw);
    if (raw !== before) this.#tell();
  }

  #store(key, text) {
    try {
      if (text !== null) return this.#storage.setItem(key, text);
    } catch {
      // The storage is full: what it holds is outdated now, and this tab continues without it.
      this.#storage.removeItem(key);
      this.#storage = memoryStorage();
      return this.#storage.setItem(key, text);
    }
    return this.#storage.removeItem(key);
  }

  #tell() {
    const { session } = this;
    for (const listener of [...this.#listeners]) {
      try {
        listener(session);
      } catch (error) {
        setTimeout(() => { throw error; }); // like an error of any other listener
      }
    }
  }

  #onStorage = ({ key, storageArea }) => {
    if (storageArea === this.#storage && (key === this.#key || key === null)) this.#tell();
  };

  #devices() {
    return parsed(this.#storage.getItem(`${this.#key}.devices`)) ?? {};
  }

  #device(address) {
    return this.#devices()[slotOf(address)];
  }

  #keepDevice(device, spellings) {
    const devices = this.#devices();
    for (const spelling of spellings.filter(Boolean)) devices[slotOf(spelling)] = device;
    this.#store(`${this.#key}.devices`, JSON.stringify(devices));
  }
}

/** The key that an address's device is stored under: 16 bits, shared by many addresses, so that none can be read off this machine. */
function slotOf(address) {
  let slot = 0;
  const cleaned = String(address).includes("@") ? cleanEmail(address) : cleanPhone(address);
  for (const letter of cleaned.toLowerCase().replace(/[.-]/g, "")) slot = (slot * 31 + letter.codePointAt(0)) & 0xffff;
  return slot;
}

// What people type and paste, without invisible marks, as the service reads it. The service cleans input itself; a page does it to tell
// two spellings of one address from two addresses, and to show what it understood.

/** A phone number as digits, after a + if it was written with its country code; other characters stay, and the service refuses them. */
export function cleanPhone(text) {
  const digits = joined(withoutScheme("tel:", text)).replace(/[٠-٩۰-۹０-９]/g, asciiDigit);
  return digits.replace(/＋/g, "+").replace(/[()./]/g, "");
}

/** An email address without invisible marks, surrounding spaces and `mailto:`. */
export const cleanEmail = (text) => withoutScheme("mailto:", text);

/** A code from a message: only its letters and digits, in upper case. */
export const cleanCode = (text) => joined(cleanText(text)).normalize("NFKC").replace(/[٠-٩۰-۹]/g, asciiDigit).toUpperCase();

/** A referral code: the same, with O as 0, and I and L as 1. */
export const cleanReferralCode = (text) => cleanCode(text).replace(/O/g, "0").replace(/[IL]/g, "1");

/** Text without format characters, and without surrounding tabs, line ends and spaces. */
export function cleanText(text) {
  return String(text).replace(/\p{Cf}/gu, "").replace(/^[\t\n\v\f\r\x85\p{Z}]+/u, "").replace(/[\t\n\v\f\r\x85\p{Z}]+$/u, "");
}

function withoutScheme(scheme, text) {
  const rest = cleanText(text);
  return rest.slice(0, scheme.length).toLowerCase() === scheme ? cleanText(rest.slice(scheme.length)) : rest;
}

const joined = (text) => text.replace(/[\p{Zs}\p{Pd}\u2212]/gu, "");
const asciiDigit = (digit) => String(digit.codePointAt(0) & 0xf);

function refusal(response, answer) {
  const { status } = response;
  const { success, type = { 429: "throttled", 503: "unavailable" }[status] ?? "unexpected", message, ...details } = answer;
  const retryAfterSeconds = Number(response.headers.get("retry-after")) || undefined;
  return new AuthError(type, message ?? `Unexpected answer (HTTP ${status})`, { ...details, status, retryAfterSeconds });
}

const offline = (cause) => new AuthError("offline", "The service did not answer", { cause });

/** A customer with the same member names, whichever family of endpoints returned it. */
function customerOf({ id, userId, email = null, phone = null, name, firstName, lastName, referralCode, ...verified }) {
  const { emailVerified, verifiedEmail, phoneVerified, verifiedPhone } = verified;
  return {
    id: id ?? userId,
    email,
    phone,
    name: name ?? ([firstName, lastName].filter(Boolean).join(" ") || null),
    ...(id && { firstName, lastName, referralCode }),
    emailVerified: emailVerified ?? verifiedEmail,
    phoneVerified: phoneVerified ?? verifiedPhone,
  };
}

/** The tokens in the storage, with the session as callers see it; null if there are none. */
function heldIn(raw) {
  try {
    const held = JSON.parse(raw);
    const { token, customer, expiresAt } = held;
    const bytes = Uint8Array.from(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return { ...held, session: { customer: { ...customer, id: claims.sub }, claims, expiresAt: new Date(expiresAt) } };
  } catch {
    return null;
  }
}

/** An object from JSON, with all its names in camelCase, or null. */
function parsed(text) {
  try {
    const value = JSON.parse(text, camelCased);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function camelCased(_, value) {
  if (value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name.replace(/_./g, ([, letter]) => letter.toUpperCase()), each]));
}

/** 32 letters, even if crypto.randomUUID is missing. */
const randomText = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function browserStorage() {
  try {
    globalThis.localStorage.getItem("");
    return globalThis.localStorage;
  } catch {
    return memoryStorage(); // there is no storage, or the browser forbids it
  }
}

function memoryStorage() {
  const items = new Map();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, text) => items.set(key, text), removeItem: (key) => items.delete(key) };
}
