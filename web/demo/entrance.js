/** The steps with a password: signing in, registering, and the link that sets a new password. */

import { readPhone } from "./phone-field.js";
import { settings } from "./settings.js";
import { FormStep } from "./step.js";

const RESET_AGAIN_MS = 90_000; // an earlier request would not send another link
const find = (selector) => document.querySelector(selector);

/** Signing in with an email or phone and a password. */
export class SignIn extends FormStep {
  constructor(page) {
    super(page, "password", { label: (texts) => texts.signIn, busy: (texts) => texts.verifying });
  }

  enter({ address = "" } = {}) {
    super.enter();
    if (address) this.input("who").value = address;
  }

  async act() {
    const password = this.value("password");
    const address = this.address("who");
    if (!address) return;
    if (!password) return void this.refuse((texts) => texts.required.password, "password");
    try {
      this.page.entered(await this.page.auth.signIn({ ...address, password }));
    } catch (error) {
      const { type, customerId, token: registration } = error;
      if (type === "registration_incomplete") this.page.show("register", { address, password, registration }, "registrationIncomplete");
      else if (type === "verification_required") await this.page.verify({ customerId, ...address }, "password");
      else if (!this.page.offerToKeep(error, { ...address, from: "password" })) throw error;
    }
  }

  wordsFor({ type }) {
    return type === "wrong_proof" ? { text: (texts) => texts.wrong.signIn, input: "password" } : null;
  }
}

/** Registering: the addresses that the setting names, then the codes that verify them. */
export class Register extends FormStep {
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

  async act() {
    const { auth } = this.page;
    const address = {};
    for (const by of ["email", "phone"].filter((each) => this.#collects(each))) {
      const typed = this.address(by);
      if (!typed) return;
      Object.assign(address, typed);
    }
    const password = this.chosenPassword("password");
    if (!password) return;
    const names = { firstName: this.value("first_name") || undefined, lastName: this.value("last_name") || undefined };
    const wanted = { ...address, ...names, referralCode: this.value("referral_code") || undefined };
    const [by] = Object.keys(address);
    const own = { [by]: address[by], password };
    const open = async () => auth.createCustomer(await this.#token(own), wanted);
    const customer = await open().catch((error) => {
      if (error.type !== "not_authenticated") throw error;
      this.#registration = null; // the token has expired, or the response was lost
      return open();
    });
    this.#registration = null;
    const left = { customerId: customer.customer.id, ...unverified(customer.customer) };
    if (!customer.needsLogin) this.page.entered({ ...customer, registered: true });
    else await this.page.verify(left, "register", customer.verifications);
  }

  /** The token of the earlier registration if the input is the same: a wrong referral code needs no new registration. */
  async #token(own) {
    const kept = this.#registration;
    if (kept && Object.entries(own).every(([name, value]) => kept[name] === value)) return kept.token;
    const token = await this.page.auth.register(own);
    this.#registration = { ...own, token };
    return token;
  }
}

/** The first unverified address, as { email } or { phone }; an empty object if there is none. */
export function unverified({ email, phone, emailVerified, phoneVerified }) {
  if (email && !emailVerified) return { email };
  return phone && !phoneVerified ? { phone } : {};
}

/** A forgotten password: the page never says whether a link was sent. */
export class Forgot extends FormStep {
  #isSent = false;

  constructor(page) {
    super(page, "forgot", { label: (texts) => texts.sendLink, busy: (texts) => texts.sending });
  }

  enter({ address = "" } = {}) {
    this.#isSent = false;
    super.enter();
    if (address) this.input("who").value = address;
  }

  forget() {
    super.forget();
    this.#isSent = false;
    this.#renderSent();
  }

  render() {
    super.render();
    this.#renderSent();
  }

  async act() {
    const address = this.address("who");
    if (!address) return;
    await this.page.auth.requestReset(address);
    this.#isSent = true;
    this.waitUntil(new Date(Date.now() + RESET_AGAIN_MS));
    this.#renderSent();
  }

  #renderSent() {
    find("#forgot-sent").textContent = this.#isSent ? this.page.language.texts.linkSent : "";
  }
}

/** The step that the link opens: a new password. */
export class Reset extends FormStep {
  #link = {};

  constructor(page) {
    super(page, "reset", { label: (texts) => texts.setPassword, busy: (texts) => texts.saving });
  }

  /** The token and the address in a link to this page, removed from the address bar and the history; null if there are none. */
  static opened() {
    const query = new URLSearchParams(location.search);
    const link = Object.fromEntries(["token", "email", "phone"].map((name) => [name, query.get(name) ?? undefined]));
    if (!link.token || !(link.email ?? link.phone)) return null;
    history.replaceState(null, "", location.pathname);
    return link;
  }

  enter(link) {
    super.enter();
    this.#link = link;
    const { email, phone } = link;
    find("#reset-username").value = email ?? phone;
    find("#reset-who").textContent = email ?? `\u2066${readPhone(phone, settings.defaultRegion).text}\u2069`;
  }

  async act() {
    const { auth } = this.page;
    const password = this.chosenPassword("password");
    if (!password) return;
    try {
      await auth.completeReset({ ...this.#link, password });
    } catch (error) {
      if (this.page.offerToKeep(error, { ...this.#link, from: "password" })) return;
      throw error;
    }
    if (auth.session) await auth.refresh().catch(() => null); // it has ended like all others
    this.page.show("password", { address: this.#link.email ?? this.#link.phone }, "passwordSet");
  }

  wordsFor({ type }) {
    return type === "wrong_proof" ? { text: (texts) => texts.wrong.link } : null;
  }
}
