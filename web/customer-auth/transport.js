/** The calls to the service: each ends within 10 seconds, and is repeated after temporary failures. */

import { cleanCode } from "./cleaning.js";
import { AuthError, errorOf, offlineError, parseObject } from "./responses.js";

export const CALL_MS = 10_000; // for a call with its retries; after that, a refresh can still be repeated, however late
const ATTEMPT_MS = 5_000; // for one attempt of a call
const RETRIES = 2;
const BACKOFF_MS = 500;

/** Whether it is a path of the service, and not a URL that leads to another host. */
export const isPath = (text) => /^\/(?![\\/])/.test(text);

export class Transport {
  #baseUrl;
  #fetch;

  constructor(baseUrl, fetch) {
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#fetch = (...request) => (fetch ?? globalThis.fetch)(...request);
  }

  /** The address of a path of the service. */
  urlOf(path) {
    return this.#baseUrl + path;
  }

  /** Call the service, and again after temporary failures: no response, a 503, the gateway's own 429. */
  async call(path, { method = "POST", body, key, bearer, attemptMs, raw, credentials }) {
    const endsAt = Date.now() + CALL_MS;
    const headers = {
      ...(body && { "content-type": "application/json" }),
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...(key && { "idempotency-key": key }),
    };
    const request = { method, headers, body: JSON.stringify(body), raw, credentials };
    for (let retry = 0; ; retry += 1) {
      try {
        return await this.#callOnce(path, request, Math.min(attemptMs || ATTEMPT_MS, endsAt - Date.now()));
      } catch (error) {
        const retryAt = Date.now() + retryAfterMs(error, retry);
        if (!isTemporary(error) || retry === RETRIES || retryAt >= endsAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryAt - Date.now()));
        if (Date.now() >= endsAt) throw error; // this machine was asleep
      }
    }
  }

  /** Send a request as it is, with the token if there is one. */
  async send(request, token) {
    const copy = request.clone();
    if (token) copy.headers.set("authorization", `Bearer ${token}`);
    try {
      return await this.#fetch(copy);
    } catch (error) {
      throw request.signal.aborted ? error : offlineError(error);
    }
  }

  async #callOnce(path, request, withinMs) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), withinMs);
    try {
      const response = await this.#fetch(this.urlOf(path), { ...request, signal: abort.signal });
      const text = await response.text();
      const body = response.status === 204 ? {} : parseObject(text);
      if (!response.ok || !body) throw errorOf(response, body ?? {});
      return request.raw ? JSON.parse(text) : byOwnClock(body, response);
    } catch (error) {
      throw error instanceof AuthError ? error : offlineError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The idempotency keys of attempts: the last attempt keeps its key when it is repeated. */
export class AttemptKeys {
  #last = {};

  /** The same proof with the same code, in any spelling, is the same attempt. */
  keyOf(proof, code) {
    const attempt = [proof, cleanCode(code ?? "")].join(" ");
    if (this.#last.attempt !== attempt) this.#last = { attempt, key: randomKey() };
    return this.#last.key;
  }
}

/** 32 letters, even if crypto.randomUUID is missing. */
const randomKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const isTemporary = ({ type, status, requestId }) => type === "offline" || status === 503 || (status === 429 && !requestId);

/** As long as the service says, or twice as long each time; and up to a quarter more, so that not all clients come at once. */
function retryAfterMs({ retryAfterSeconds }, retry) {
  return (retryAfterSeconds * 1_000 || BACKOFF_MS * 2 ** retry) * (1 + Math.random() / 4);
}

/** The body with its times as dates by this machine's clock, as far as it can be compared with the response's Date. */
function byOwnClock(body, response) {
  const aheadMs = Date.now() - Date.parse(response.headers.get("date")) || 0;
  for (const name of ["expiresAt", "resendAt"]) body[name] &&= new Date(Date.parse(body[name]) + aheadMs);
  return body;
}
