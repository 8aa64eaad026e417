/** Registering with a password. */

import { FormStep } from "./form-step.js";
import { readPhone } from "./phone-field.js";
import { settings } from "./settings.js";

/** Registering: the addresses that the setting names, then the codes that verify them. */
export class Registration extends FormStep {
  #registration = null; // the token, and the input that it belongs to

  constructor(page) {
    super(page, "register", { label: (texts) => texts.register, busy: (texts) => texts.registering });
    for (const by of ["email", "phone"]) this.showField(by, this.#collects(by));
    if (!this.#collects("email")) this.input("phone").autocomplete = "username";
  }

  #collects(by) {
    return ["both", by].includes(settings.registration);
  }

  enter({ address, password, registration } = {}) {
    super.enter();
    if (!address) return;
    const { email, phone } = address;
    if (email) this.input("email").value = email;
    if (phone) this.input("phone").value = readPhone(phone, settings.defaultRegion).text;
    this.input("password").value = password;
    this.#registration = { ...address, password, token: registration };
  }

  async submit() {
    const address = this.#addresses();
    const password = address && this.chosenPassword("password");
    if (!password) return;
    const [by] = Object.keys(address); // the address that is registered; the other one comes with the customer
    const registration = { [by]: address[by], password };
    const details = { ...address, ...this.#names(), referralCode: this.value("referral_code") || undefined };
    const result = await this.#createCustomer(registration, details);
    const { customer, needsLogin, verifications } = result;
    if (needsLogin) await this.page.verify({ customerId: customer.id, ...unverifiedAddress(customer) }, "register", verifications);
    else this.page.proceed({ ...result, registered: true });
  }

  /** The addresses that were typed, or null after showing what is wrong with one. */
  #addresses() {
    const addresses = {};
    for (const by of ["email", "phone"].filter((each) => this.#collects(each))) {
      const address = this.address(by);
      if (!address) return null;
      Object.assign(addresses, address);
    }
    return addresses;
  }

  #names() {
    return { firstName: this.value("first_name") || undefined, lastName: this.value("last_name") || undefined };
  }

  async #createCustomer(registration, details) {
    const create = async () => this.page.auth.createCustomer(await this.#token(registration), details);
    const result = await create().catch((error) => {
      if (error.type !== "not_authenticated") throw error;
      this.#registration = null; // the token has expired, or the response was lost
      return create();
    });
    this.#registration = null;
    return result;
  }

  /** The token of the earlier registration if the input is the same: a wrong referral code needs no new registration. */
  async #token(registration) {
    const earlier = this.#registration;
    if (earlier && Object.entries(registration).every(([name, value]) => earlier[name] === value)) return earlier.token;
    const token = await this.page.auth.register(registration);
    this.#registration = { ...registration, token };
    return token;
  }
}

/** The first unverified address, as { email } or { phone }; an empty object if there is none. */
export function unverifiedAddress({ email, phone, emailVerified, phoneVerified }) {
  if (email && !emailVerified) return { email };
  return phone && !phoneVerified ? { phone } : {};
}
