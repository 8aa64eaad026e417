/** A forgotten password: requesting the link, and the step that the link opens. */

import { FormStep } from "./form-step.js";
import { displayPhone } from "./phone-field.js";

const RESET_AGAIN_MS = 90_000; // an earlier request would not send another link
const find = (selector) => document.querySelector(selector);

/** A forgotten password: the page never says whether a link was sent. */
export class ForgottenPassword extends FormStep {
  #isSent = false;

  constructor(page) {
    super(page, "forgot", { label: (texts) => texts.sendLink, busy: (texts) => texts.sending });
  }

  enter({ address = "" } = {}) {
    this.#isSent = false;
    super.enter();
    if (address) this.input("who").value = address;
  }

  clearError() {
    super.clearError();
    this.#isSent = false;
    this.#renderSent();
  }

  render() {
    super.render();
    this.#renderSent();
  }

  async submit() {
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
export class PasswordReset extends FormStep {
  #link = {};

  constructor(page) {
    super(page, "reset", { label: (texts) => texts.setPassword, busy: (texts) => texts.saving });
  }

  /** The token and the address in a link to this page, removed from the address bar and the history; null if there are none. */
  static linkInAddress() {
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
    find("#reset-who").textContent = email ?? displayPhone(phone);
  }

  async submit() {
    const { auth } = this.page;
    const password = this.chosenPassword("password");
    if (!password) return;
    try {
      await auth.completeReset({ ...this.#link, password });
    } catch (error) {
      if (this.page.offerCancellation(error, { ...this.#link, from: "password" })) return;
      throw error;
    }
    if (auth.session) await auth.refresh().catch(() => null); // it has ended like all others
    this.page.show("password", { address: this.#link.email ?? this.#link.phone }, "passwordSet");
  }

  errorText({ type }) {
    return type === "wrong_proof" ? { text: (texts) => texts.wrong.link } : null;
  }
}
