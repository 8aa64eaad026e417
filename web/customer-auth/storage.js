/** A storage that always works: the browser's while it can be used, then the memory of this tab. */

export class FallbackStorage {
  #items;

  /** `items` is like localStorage, which is used without it. */
  constructor(items) {
    this.#items = items ?? browserItems();
  }

  get(key) {
    return this.#items.getItem(key);
  }

  /** Store a text; null removes it. */
  set(key, text) {
    try {
      if (text !== null) return this.#items.setItem(key, text);
    } catch {
      // The storage is full: what it holds is outdated now, and this tab continues without it.
      this.#items.removeItem(key);
      this.#items = itemsInMemory();
      return this.#items.setItem(key, text);
    }
    return this.#items.removeItem(key);
  }

  /** Whether an event of the browser is about this storage. */
  isArea(storageArea) {
    return storageArea === this.#items;
  }
}

function browserItems() {
  try {
    globalThis.localStorage.getItem("");
    return globalThis.localStorage;
  } catch {
    return itemsInMemory(); // there is no storage, or the browser forbids it
  }
}

function itemsInMemory() {
  const items = new Map();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, text) => items.set(key, text), removeItem: (key) => items.delete(key) };
}
