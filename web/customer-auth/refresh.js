/** One refresh for any number of callers, in one tab at a time. */

import { CALL_MS } from "./transport.js";

/** Runs work in one tab at a time. */
export class TabLock {
  #locks;
  #name;

  constructor(locks, name) {
    this.#locks = locks;
    this.#name = name;
  }

  /** Run `work` when no other tab does. A tab that holds the lock for too long may be asleep; it is not waited for. */
  async run(work) {
    if (!this.#locks) return work();
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), CALL_MS);
    let hasBegun = false;
    const begin = () => {
      hasBegun = true;
      clearTimeout(timer);
      return work();
    };
    try {
      return await this.#locks.request(this.#name, { signal: waiting.signal }, begin);
    } catch (error) {
      clearTimeout(timer);
      if (hasBegun) throw error;
      return work(); // waited for too long, or this page may not use locks
    }
  }
}

/** Exchanges the stored tokens for the next ones. */
export class Refresher {
  #transport;
  #store;
  #lock;
  #pending;

  constructor(transport, store, lock) {
    this.#transport = transport;
    this.#store = store;
    this.#lock = lock;
  }

  /**
   * What is stored after the token `seen` was replaced; null if the session has ended. Callers in this tab share one promise, and the lock
   * keeps other tabs from refreshing at the same time.
   */
  refresh(seen) {
    this.#pending ??= this.#lock.run(() => this.#exchange(seen)).finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #exchange(seen) {
    const stored = this.#store.read();
    if (stored?.token !== seen) return stored; // another tab has refreshed it
    const isUnchanged = () => this.#store.read()?.refreshToken === stored.refreshToken; // nobody signed in or out meanwhile
    try {
      const response = await this.#transport.call("/login/refresh", { body: { refreshToken: stored.refreshToken } });
      if (isUnchanged()) this.#store.save(response, stored.customer);
    } catch (error) {
      if (isUnchanged() && error.status !== 401) throw error;
      if (isUnchanged()) this.#store.clear();
    }
    return this.#store.read();
  }
}
