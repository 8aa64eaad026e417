/** The `device` values that make this browser a known device for the addresses that were proven here. */

import { cleanEmail, cleanPhone } from "./cleaning.js";
import { parseObject } from "./responses.js";

export class KnownDevices {
  #storage;
  #key;

  constructor(storage, key) {
    this.#storage = storage;
    this.#key = key;
  }

  deviceOf(address) {
    return this.#read()[slotOf(address)];
  }

  /** Store the device for each spelling of an address; empty ones are left out. */
  save(device, spellings) {
    const devices = this.#read();
    for (const spelling of spellings.filter(Boolean)) devices[slotOf(spelling)] = device;
    this.#storage.set(this.#key, JSON.stringify(devices));
  }

  forget() {
    this.#storage.set(this.#key, null);
  }

  #read() {
    return parseObject(this.#storage.get(this.#key)) ?? {};
  }
}

/** The key that an address's device is stored under: 16 bits, shared by many addresses, so that none can be read off this machine. */
function slotOf(address) {
  let slot = 0;
  const cleaned = String(address).includes("@") ? cleanEmail(address) : cleanPhone(address);
  for (const letter of cleaned.toLowerCase().replace(/[.-]/g, "")) slot = (slot * 31 + letter.codePointAt(0)) & 0xffff;
  return slot;
}
