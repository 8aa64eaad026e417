/** Deletion: the customer downloads their data, deletes the account with a code, and cancels the deletion with another one. */

import { cancelDeletion, confirmDeletion, exportData, requestCancellation, requestDeletion } from "../deletion.js";
import { saveFile } from "./elements.js";
import { FormStep } from "./form-step.js";
import { readPhone } from "./phone-field.js";
import { settings } from "./settings.js";

const FILE = "my-data.json";
const find = (selector) => document.querySelector(selector);

/** The kinds of codes for deletions, and how all others are handled if the account is to be deleted. */
export const deletionKinds = {
  deletion: {
    label: (texts) => texts.deleteAccount,
    busy: (texts) => texts.deleting,
    back: (texts) => texts.back,
    sentTo: (texts, address) => (address ? texts.codeSentTo(address) : texts.codeSentToYou),
    verify: confirmDeletion,
    resend: requestDeletion,
    onVerified: (page, request, { email, phone }) => page.show("deleted", { request, email, phone }),
    handleError: () => false,
  },
  cancellation: {
    label: (texts) => texts.keepAccount,
    busy: (texts) => texts.verifying,
    back: (texts) => texts.change,
    sentTo: (texts, address) => texts.codeSentIfPending(address),
    verify: cancelDeletion,
    resend: requestCancellation,
    onVerified: (page, _request, challenge) => page.finishCancellation(challenge),
    handleError: (page, error) => page.reportErasure(error),
  },
  others: { handleError: (page, error, challenge) => page.offerCancellation(error, challenge) },
};

/** Everything that the service stores about the customer, as a file. */
export class DataExport extends FormStep {
  needsSession = true;

  constructor(page) {
    super(page, "download", { label: (texts) => texts.download, busy: (texts) => texts.loading });
  }

  async submit() {
    saveFile(FILE, JSON.stringify(await exportData(this.page.auth), null, 2), "application/json");
    this.page.notify("downloaded");
  }
}

/** What a deletion means, the customer's reason, and the request of the code that confirms it. */
export class DeletionRequest extends FormStep {
  needsSession = true;

  constructor(page) {
    super(page, "delete", { label: (texts) => texts.deleteAccount, busy: (texts) => texts.sending });
  }

  enter({ reason = "" } = {}) {
    super.enter();
    this.input("reason").value = reason;
  }

  /** The next person must not read what somebody wrote here. */
  leave() {
    super.leave();
    this.input("reason").value = "";
  }

  draft() {
    return { reason: this.value("reason") };
  }

  render() {
    super.render();
    const { language } = this.page;
    find("#delete-grace").textContent = language.texts.deleteGrace(language.number(settings.deletionDays));
    const { emailVerified, phoneVerified } = this.page.auth.session?.customer ?? {};
    find("#delete-by-code").hidden = emailVerified === false && phoneVerified === false; // no code is needed then
  }

  async submit() {
    const { auth } = this.page;
    const address = onlyVerified(auth.session.customer);
    const challenge = await requestDeletion(auth, { reason: this.value("reason") || undefined });
    if (challenge.request) this.page.show("deleted", challenge);
    else this.page.show("enter", { challenge: { ...challenge, ...address, from: "delete" } });
  }
}

/** Until when the deletion can be cancelled. */
export class ScheduledDeletion {
  section = find("#deleted");
  #page;
  #until = null;
  #address = {};

  constructor(page) {
    this.#page = page;
    find("#deleted-keep").addEventListener("click", () => page.show("keep", this.#address));
  }

  enter({ request, email, phone }) {
    this.#until = request.deletionScheduledAt;
    this.#address = { email, phone };
  }

  leave() {
    this.#address = {};
  }

  render() {
    const { language } = this.#page;
    find("#deleted-until").textContent = this.#until ? language.texts.deletedUntil(language.deadline(this.#until)) : "";
  }
}

/** Cancelling the deletion: with a code sent to the account's address, or with the token from the refused sign-in. */
export class DeletionCancellation extends FormStep {
  #token = null;
  #account = {};

  constructor(page) {
    const label = (texts) => (this.#token ? texts.keepAccount : texts.send);
    super(page, "keep", { label, busy: (texts) => (this.#token ? texts.saving : texts.sending) });
  }

  enter({ email, phone, cancelToken = null, signIn = "ask" } = {}) {
    this.#token = cancelToken;
    this.#account = { email, phone, signIn };
    if (email ?? phone) this.input("who").value = email ?? readPhone(phone, settings.defaultRegion).text;
    this.showField("who", !cancelToken);
    super.enter();
  }

  render() {
    super.render();
    const { texts } = this.page.language;
    find("#keep-lead").textContent = this.#token ? texts.keepAtOnce : texts.keepByCode;
  }

  async submit() {
    if (this.#token) {
      await this.#cancelWithoutCode();
      return;
    }
    const address = this.address("who");
    if (!address) return;
    const challenge = await requestCancellation(this.page.auth, address);
    this.page.show("enter", { challenge: { ...challenge, from: "keep", signIn: this.#account.signIn } });
  }

  errorText({ type }) {
    return this.#token && type === "wrong_proof" ? { text: (texts) => texts.wrong.keep } : null;
  }

  async #cancelWithoutCode() {
    try {
      await cancelDeletion(this.page.auth, { challenge: this.#token });
      this.page.finishCancellation(this.#account);
    } catch (error) {
      if (!this.page.reportErasure(error)) throw error;
    }
  }
}

/** The address for the code, as { email } or { phone }, if the customer has exactly one verified address. */
function onlyVerified({ email, phone, emailVerified, phoneVerified }) {
  if (emailVerified && !phoneVerified) return { email };
  return phoneVerified && !emailVerified ? { phone } : {};
}
