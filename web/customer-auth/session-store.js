/** The stored session: one token pair with its customer, shared by all tabs, and the listeners that hear of its changes. */

export class SessionStore {
  #storage;
  #key;
  #text; // the stored text that #stored was read from
  #stored = null;
  #listeners = new Set();

  constructor(storage, key) {
    this.#storage = storage;
    this.#key = key;
  }

  /** The stored tokens and customer, with the session as callers see it; null if there are none. The same object until they change. */
  read() {
    const text = this.#storage.get(this.#key);
    if (text !== this.#text) {
      this.#stored = parseStored(text);
      this.#text = text;
    }
    return this.#stored;
  }

  /** Store the tokens of a response. */
  save({ token, sessionToken, refreshToken, expiresIn }, customer) {
    // By this machine's clock, so that a wrong one does no harm; the token's `exp` is by the service's.
    const expiresAt = Date.now() + expiresIn * 1_000;
    this.#write(JSON.stringify({ token: token ?? sessionToken, refreshToken, expiresAt, customer }));
  }

  /** Store what has changed about the customer of this session; another customer is ignored. */
  updateCustomer(customer) {
    const { session, ...stored } = this.read() ?? {};
    if (customer.id === session?.customer.id) this.#write(JSON.stringify({ ...stored, customer }));
  }

  clear() {
    this.#write(null);
  }

  /** Call `listener` with each new session, of this tab or another one. Returns a function that stops this. */
  listen(listener) {
    const subscriber = (session) => listener(session); // so that the same listener can be added twice
    if (this.#listeners.size === 0) globalThis.addEventListener?.("storage", this.#onStorage);
    this.#listeners.add(subscriber);
    return () => {
      this.#listeners.delete(subscriber);
      if (this.#listeners.size === 0) globalThis.removeEventListener?.("storage", this.#onStorage);
    };
  }

  #write(text) {
    const before = this.#storage.get(this.#key);
    this.#storage.set(this.#key, text);
    if (text !== before) this.#notify();
  }

  #notify() {
    const session = this.read()?.session ?? null;
    for (const listener of [...this.#listeners]) {
      try {
        listener(session);
      } catch (error) {
        setTimeout(() => { throw error; }); // like an error of any other listener
      }
    }
  }

  #onStorage = ({ key, storageArea }) => {
    if (this.#storage.isArea(storageArea) && (key === this.#key || key === null)) this.#notify();
  };
}

function parseStored(text) {
  try {
    const stored = JSON.parse(text);
    const { token, customer, expiresAt } = stored;
    const claims = claimsOf(token);
    return { ...stored, session: { customer: { ...customer, id: claims.sub }, claims, expiresAt: new Date(expiresAt) } };
  } catch {
    return null;
  }
}

function claimsOf(token) {
  const bytes = Uint8Array.from(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
