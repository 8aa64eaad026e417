/**
 * The browser's side of customer-auth: asks for codes, tries them, keeps the session, renews it once for all who wait.
 * One ES module without dependencies; it runs as it is. Types: customer-auth.d.ts. How to use it: README.md.
 */

const ACCOUNT = "/api/v1/auth/customer";
const FRESH_MS = 30_000; // a token that accessToken() gives is good for so long at least
const PATIENCE_MS = 10_000; // for a call with its retries; after it a refresh may be made again, however late
const TRY_MS = 5_000; // for one of its tries
const RETRIES = 2;
const BACKOFF_MS = 500;

/** Every failure: a refusal of the service by its own `type` (docs/errors.md), "offline", or "unexpected" (not the service's answer). */
export class AuthError extends Error {
  /** The type is stable, for programs; the message is for people, in English. */
  constructor(type, message, { cause, ...details } = {}) {
    super(message, { cause });
    Object.assign(this, { name: "AuthError", type, status: 0, errors: [] }, details);
  }
}

/** A client of one service. An app needs one of them; what it keeps is shared by all tabs. */
export class CustomerAuth {
  #base;
  #locale;
  #storage;
  #key;
  #locks;
  #origins;
  #fetch;
  #raw; // what #held was read from
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

  /** Who is signed in, or null. The same object until something changes. */
  get session() {
    return this.#read()?.session ?? null;
  }

  /**
   * Ask for a code. "sign-in" signs up an unknown address too; "register" and "login" take a phone alone.
   * A lost answer may have been a sent message: then the next try within the throttle is refused as "throttled".
   */
  async requestCode({ phone, email }, { flow = "sign-in" } = {}) {
    const path = flow === "sign-in" ? `/login/${email ? "email" : "mobile"}/send` : `${ACCOUNT}/${flow}/request-otp`;
    return this.#askForCode(path, { phone, email }, flow);
  }

  /** Ask for another code in the place of this one, from its `resendAt` on. */
  async resendCode({ challenge, phone, email, flow }) {
    if (flow === "sign-in") return this.requestCode({ phone, email });
    return this.#askForCode(`${ACCOUNT}/${flow}/resend-otp`, { phone, challenge }, flow);
  }

  /** How far the message with the code is. */
  async delivery({ challenge }) {
    const told = await this.#call(`/api/v1/auth/challenges/${encodeURIComponent(challenge)}`, { method: "GET" });
    return { state: told.delivery, ...(told.reason && { reason: told.reason }) };
  }

  /**
   * Try a code; who has the right one is signed in. The names count where "register" makes an account.
   * The same code again is the same try: after an "offline" or a 503 it may be repeated without being counted or refused as used.
   */
  async verifyCode({ challenge, phone, email, flow }, code, { firstName, lastName } = {}) {
    const path = flow === "sign-in" ? `/login/${email ? "email" : "mobile"}/verify` : `${ACCOUNT}/${flow}/verify-otp`;
    const names = flow === "register" && { first_name: firstName, last_name: lastName };
    const body = { phone, email, challenge, code, ...names };
    const { registered } = await this.call(path, { body, address: phone ?? email, proof: challenge });
    return { ...this.session, registered };
  }

  /** Hear of every sign-in, refresh and sign-out, in other tabs too. Call what it returns to hear no more. */
  onChange(listener) {
    const heard = (session) => listener(session);
    if (this.#listeners.size === 0) globalThis.addEventListener?.("storage", this.#onStorage);
    this.#listeners.add(heard);
    return () => {
      this.#listeners.delete(heard);
      if (this.#listeners.size === 0) globalThis.removeEventListener?.("storage", this.#onStorage);
    };
  }

  /** An access token that is good for 30 seconds more, renewed if need be; null when nobody is signed in. */
  async accessToken() {
    let held = this.#read();
    if (held && held.expiresAt - Date.now() < FRESH_MS) held = await this.#renew(held.token);
    return held?.token ?? null;
  }

  /** Renew the session now; null when it has ended. */
  async refresh() {
    const held = this.#read();
    return (held && (await this.#renew(held.token)))?.session ?? null;
  }

  /**
   * As the browser's fetch, with the access token; once more with the next token after a 401. A path is the service's; other origins
   * than the service's, the page's and those of the option `origins` are refused, so that no token goes astray.
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
   * Call an endpoint and keep the session, customer and device (of `address`, else of all the customer's) that it gives.
   * `bearer` is a token, or true for the session's. The same `proof` again, with the same code if the body has one, is the same try. `raw`
   * is the answer as it is.
   */
  async call(path, { method = "POST", body, bearer, address, proof, raw } = {}) {
    if (!/^\/(?![\\/])/.test(path)) throw new TypeError(`${path} is not a path`);
    const tried = proof && [proof, cleanCode(body?.code ?? "")].join(" ");
    if (proof && this.#try.proof !== tried) this.#try = { proof: tried, key: randomText() };
    const asks = address && !proof;
    const known = address && { device: this.#device(address), ...(asks && { locale: this.#locale }) };
    // One try of an ask has all the time: a second message is throttled, so giving up early would gain nothing.
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
   * End this session, or with `everywhere` all of the customer's. Without an answer it throws and keeps the session: call it again.
   * An `everywhere` that came too late, with a session that had ended, signs out here and throws "wrong_proof".
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

  /** Forget the session and the known devices here, without asking the service: it ends when it is not used. */
  forget() {
    this.#store(`${this.#key}.devices`, null);
    this.#write(null);
  }

  async #askForCode(path, { phone, email, challenge }, flow) {
    const told = await this.call(path, { body: { phone, email, challenge }, address: phone ?? email });
    const { maskedPhone, maskedEmail, expiresAt, resendAt } = told;
    return { challenge: told.challenge, flow, ...(phone ? { phone, maskedPhone } : { email, maskedEmail }), expiresAt, resendAt };
  }

  /** One exchange for any number of callers who have `seen` a token: in this tab by the promise, between tabs by the lock. */
  #renew(seen) {
    this.#renewing ??= this.#alone(() => this.#exchange(seen)).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #exchange(seen) {
    const held = this.#read();
    if (held?.token !== seen) return held; // another tab was first
    const unchanged = () => this.#read()?.refreshToken === held.refreshToken; // nobody signed in or out meanwhile
    try {
      const told = await this.#call("/login/refresh", { body: { refreshToken: held.refreshToken } });
      if (unchanged()) this.#keep(told, held.customer);
    } catch (error) {
      if (unchanged() && error.status !== 401) throw error;
      if (unchanged()) this.#write(null);
    }
    return this.#read();
  }

  /** Do it while no other tab does. A tab that holds the lock for too long may be asleep, and is passed by. */
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

  /** Call the service, again after what passes by itself: no answer, a 503, the gateway's own 429. */
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
        const at = Date.now() + afterMs * (1 + Math.random() / 4); // not all clients at once
        if (!passes || retry === RETRIES || at >= ends) throw error;
        await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
        if (Date.now() >= ends) throw error; // this machine slept
      }
    }
  }

  async #callOnce(path, request, withinMs) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), withinMs);
    try {
      const response = await this.#fetch(this.#base + path, { ...request, signal: late.signal });
      const text = await response.text();
      const told = response.status === 204 ? {} : parsed(text);
      if (!response.ok || !told) throw refusal(response, told ?? {});
      if (request.raw) return JSON.parse(text);
      // How far this machine's clock is ahead: the Date of the answer, where the page may read it.
      const aheadMs = Date.now() - Date.parse(response.headers.get("date")) || 0;
      for (const name of ["expiresAt", "resendAt"]) told[name] &&= new Date(Date.parse(told[name]) + aheadMs);
      return told;
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
    const told = await this.#call(path, request);
    if (request.raw) return told;
    const held = this.#read();
    const found = told.customer ?? told.user ?? (told.refreshToken && ((request.bearer && held?.customer) || {}));
    const customer = found && customerOf(found);
    const { email, phone } = customer ?? {};
    if (told.device) this.#keepDevice(told.device, address ? [address, address.includes("@") ? email : phone] : [email, phone]);
    if (told.refreshToken) this.#keep(told, customer);
    else if (customer && customer.id === held?.session.customer.id) this.#write(JSON.stringify({ ...parsed(this.#raw), customer }));
    return { ...told, customer };
  }

  #keep(told, customer) {
    const token = told.token ?? told.sessionToken;
    // By this machine's clock, so that a wrong one does no harm; the token's `exp` is by the service's.
    const expiresAt = Date.now() + told.expiresIn * 1_000;
    this.#write(JSON.stringify({ token, refreshToken: told.refreshToken, expiresAt, customer }));
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
      // Full: what stands there is outdated now, and this tab goes on by itself.
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
        setTimeout(() => { throw error; }); // as any other listener's
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

/** Where an address's device is kept: 16 bits that many addresses share, so that none can be read off this machine. */
function slotOf(address) {
  let slot = 0;
  const cleaned = String(address).includes("@") ? cleanEmail(address) : cleanPhone(address);
  for (const letter of cleaned.toLowerCase().replace(/[.-]/g, "")) slot = (slot * 31 + letter.codePointAt(0)) & 0xffff;
  return slot;
}

// What people type and paste, without the marks that nobody sees, as the service reads it. It cleans for itself; a page does so to tell two
// spellings of one thing from two things, and to show what it understood.

/** A phone number as digits, after a + where it was written with its country code; other characters stay, for the service to refuse. */
export function cleanPhone(text) {
  const digits = joined(withoutScheme("tel:", text)).replace(/[٠-٩۰-۹０-９]/g, asciiDigit);
  return digits.replace(/＋/g, "+").replace(/[()./]/g, "");
}

/** An email address without marks, spaces around it and `mailto:`. */
export const cleanEmail = (text) => withoutScheme("mailto:", text);

/** A code from a message: letters and digits alone, in upper case. */
export const cleanCode = (text) => joined(cleanText(text)).normalize("NFKC").replace(/[٠-٩۰-۹]/g, asciiDigit).toUpperCase();

/** A referral code: the same, where O is 0 and I and L are 1. */
export const cleanReferralCode = (text) => cleanCode(text).replace(/O/g, "0").replace(/[IL]/g, "1");

/** Without format characters, and without tabs, line ends and spaces around it. */
export function cleanText(text) {
  return String(text).replace(/\p{Cf}/gu, "").replace(/^[\t\n\v\f\r\x85\p{Z}]+/u, "").replace(/[\t\n\v\f\r\x85\p{Z}]+$/u, "");
}

function withoutScheme(scheme, text) {
  const rest = cleanText(text);
  return rest.slice(0, scheme.length).toLowerCase() === scheme ? cleanText(rest.slice(scheme.length)) : rest;
}

const joined = (text) => text.replace(/[\p{Zs}\p{Pd}\u2212]/gu, "");
const asciiDigit = (digit) => String(digit.codePointAt(0) & 0xf);

function refusal(response, told) {
  const { status } = response;
  const { success, type = { 429: "throttled", 503: "unavailable" }[status] ?? "unexpected", message, ...details } = told;
  const retryAfterSeconds = Number(response.headers.get("retry-after")) || undefined;
  return new AuthError(type, message ?? `Unexpected answer (HTTP ${status})`, { ...details, status, retryAfterSeconds });
}

const offline = (cause) => new AuthError("offline", "The service did not answer", { cause });

/** A customer by one set of names, whichever family of endpoints told it. */
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

/** The tokens that stand in the storage, with the session as it is shown; null without any. */
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

/** An object from JSON, its names in camelCase all the way down, or null. */
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

/** 32 letters, also where crypto.randomUUID is missing. */
const randomText = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function browserStorage() {
  try {
    globalThis.localStorage.getItem("");
    return globalThis.localStorage;
  } catch {
    return memoryStorage(); // there is none, or the browser forbids it
  }
}

function memoryStorage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key) };
}
