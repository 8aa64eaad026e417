/** Fixtures of the modules' tests: a service with prepared responses, a machine whose tabs share storage and locks, and a manual clock. */

import { setImmediate as turn } from "node:timers/promises";

import { CustomerAuth } from "../../web/customer-auth.js";

export const BASE = "https://auth.example.com";
export const PHONE = "+14155550123";
export const SENT = { success: true, challenge: "ch_1", expiresAt: "2026-01-01T00:05:00Z", resendAt: "2026-01-01T00:01:30Z" };
export const USER = { userId: "cus_1", email: null, phone: PHONE, name: "Ada", verifiedEmail: false, verifiedPhone: true };

/** A value with the form of an access token, recognizable by its id. */
export function token(name) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part({ sub: "cus_1", jti: name, name: "Ädä ÿþ" })}.${name}`;
}

export const tokenPair = (name, more = {}) => ({ sessionToken: token(name), refreshToken: `refresh-${name}`, expiresIn: 900, ...more });
export const signInResponse = (name, more = {}) => tokenPair(name, { registered: true, device: `device-${name}`, user: USER, ...more });

/** A response of the service; with `headers` and no `type`, one from something in front of it. */
export const answer = (status, body, headers = {}) => ({ status, body, headers });
export const unavailable = answer(503, { success: false, type: "unavailable", message: "later", request_id: "r1" }, { "retry-after": "2" });
export const wrongProof = answer(401, { success: false, type: "wrong_proof", message: "Invalid", request_id: "r2", errorCode: "E061102" });

/** A service: `answers[path]` is one response, a list whose last one repeats, or a function of the call; "lost" never responds. */
export class Service {
  constructor(answers = {}) {
    this.answers = answers;
    this.calls = [];
  }

  to(path) {
    return this.calls.filter((call) => call.path === path);
  }

  fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname: path, origin, search: query } = new URL(request.url);
    request.signal.throwIfAborted();
    const text = await request.text();
    const headers = Object.fromEntries(request.headers);
    const { method, signal, credentials } = request;
    const call = { path, query, origin, method, headers, credentials, body: text && JSON.parse(text), at: Date.now(), signal };
    this.calls.push(call);
    const answers = this.answers[path];
    let next = Array.isArray(answers) ? answers[Math.min(this.to(path).length, answers.length) - 1] : answers;
    if (typeof next === "function") next = await next(call);
    if (next === undefined) next = answer(404, { message: "Not Found" });
    if (next === "lost") throw new TypeError("Failed to fetch");
    const { status, body, headers: sent } = "status" in next ? next : answer(200, next);
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers: sent });
  };
}

/** A browser: its tabs see one storage, hear of each other's changes, and wait for each other's locks. */
export class Machine {
  constructor({ locks = true } = {}) {
    this.storage = new Map();
    this.areas = [];
    this.listeners = new Set();
    this.locks = locks ? new Locks() : null;
    globalThis.addEventListener = (_, listener) => this.listeners.add(listener);
    globalThis.removeEventListener = (_, listener) => this.listeners.delete(listener);
  }

  tab(service, options = {}, Client = CustomerAuth) {
    const { storage } = this;
    const changed = (key) => this.tell(key, area);
    const area = {
      getItem: (key) => storage.get(key) ?? null,
      setItem: (key, text) => changed(key, storage.set(key, String(text))),
      removeItem: (key) => changed(key, storage.delete(key)),
    };
    this.areas.push(area);
    return new Client({ baseUrl: BASE, storage: area, locks: this.locks, fetch: service.fetch, ...options });
  }

  tell(key, from) {
    for (const storageArea of this.areas.filter((each) => each !== from)) {
      for (const listener of this.listeners) listener({ key, storageArea });
    }
  }
}

/** navigator.locks, as far as the client uses it. */
export class Locks {
  #last = Promise.resolve();

  async request(_name, { signal }, work) {
    const before = this.#last;
    let release;
    this.#last = new Promise((resolve) => (release = resolve));
    try {
      await Promise.race([before, new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))]);
      return await work();
    } finally {
      before.then(release);
    }
  }
}

/** Stop the clock at the new year of 2026; only `passing` moves it. */
export function stopTime(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1) });
}

/** The result of a promise, while the clock moves by tenths of a second. */
export async function passing(t, promise) {
  let settled = false;
  const end = () => (settled = true);
  promise.then(end, end);
  while (!settled) {
    for (let turns = 0; turns < 20 && !settled; turns += 1) await turn();
    if (!settled) t.mock.timers.tick(100);
  }
  return promise;
}

/** A tab where somebody has signed in. */
export async function signedIn(machine, service, options) {
  service.answers["/login/mobile/send"] ??= SENT;
  service.answers["/login/mobile/verify"] ??= signInResponse("1");
  const auth = machine.tab(service, options);
  await auth.verifyCode(await auth.requestCode({ phone: PHONE }), "123456");
  return auth;
}

/** A signed-in client and its service, without the calls of the sign-in. */
export async function signedInClient(answers = {}, options) {
  const service = new Service(answers);
  const auth = await signedIn(new Machine(), service, options);
  service.calls.length = 0;
  return [auth, service];
}

/** A service that gives each refresh token one successor and refuses it from then on; its responses take a second. */
export function rotateTokens(service) {
  let newest = 1;
  service.answers["/login/refresh"] = async ({ body }) => {
    const right = body.refreshToken === `refresh-${newest}`;
    if (right) newest += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return right ? tokenPair(String(newest)) : wrongProof;
  };
}

/** Everything that a listener hears, by the ids of the tokens. */
export function heardBy(auth) {
  const heard = [];
  auth.onChange((session) => heard.push(session && session.claims.jti));
  return heard;
}
