/** The second step of signing in with a code: entering it. Other flows that send a code use it too. */

import { CodeField } from "./code-field.js";
import { Button, ErrorLine, showError } from "./form.js";
import { storeChallenge } from "./pending-challenge.js";
import { displayPhone } from "./phone-field.js";
import { settings } from "./settings.js";

const DELIVERY_WAITS_MS = [1000, 2000, 4000, 8000];
const DELIVERY_TEXTS = { queued: "deliveryQueued", sent: "deliverySent", delivered: "deliveryDelivered", failed: "deliveryFailed" };

const find = (selector) => document.querySelector(selector);

/** What a code does unless its flow has a kind of its own: its texts, how it is verified and sent again, and what comes next. */
const DEFAULT_KIND = {
  label: (texts) => texts.verify,
  busy: (texts) => texts.verifying,
  back: (texts) => texts.change,
  sentTo: (texts, address) => texts.codeSentTo(address),
  verify: (auth, challenge, code) => auth.verifyCode(challenge, code),
  resend: (auth, challenge) => auth.resendCode(challenge),
  onVerified: (page, session, challenge) => page.proceed(session, challenge),
  handleError: () => false,
};

export class EnterCodeStep {
  section;
  #page;
  #kinds;
  #field;
  #challenge = null;
  #delivery = null;
  #submittedCode = "";
  #visit = null; // aborted when the step is left
  #submitButton;
  #resendButton;
  #error;

  /** `kinds` has a page's own kinds of code by their flow, and in `others` what differs for all others. */
  constructor(page, section, { others, ...kinds } = {}) {
    this.#page = page;
    this.section = section;
    this.#kinds = { ...kinds, others: { ...DEFAULT_KIND, ...others } };
    this.#error = new ErrorLine(find("#enter-error"), page);
    this.#submitButton = new Button(find("#enter [type=submit]"), page, {
      label: (texts) => this.#kind.label(texts),
      waiting: (texts, time) => texts.waitToTry(time),
      onWaited: () => this.#error.clear(),
    });
    this.#resendButton = new Button(find("#resend"), page, {
      label: (texts) => texts.resend,
      waiting: (texts, time) => texts.waitToResend(time),
    });
    this.#field = new CodeField(find("#code"), { onInput: () => this.#onInput(), onInsert: () => this.#submit() });
    this.#listen();
  }

  #listen() {
    find("#enter form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    find("#resend").addEventListener("click", () => this.#resend());
    find("#change").addEventListener("click", () => this.#change());
  }

  enter({ challenge }) {
    this.#visit = new AbortController();
    this.#setChallenge(challenge);
    this.#clearCode();
    this.#error.clear();
    this.render();
    if (challenge.phone) this.#field.readFromSms(this.#visit.signal);
  }

  leave() {
    this.#visit?.abort();
    this.#submitButton.stopWaiting();
    this.#resendButton.stopWaiting();
    storeChallenge(null);
  }

  focus() {
    this.#field.focus();
  }

  render() {
    const { texts } = this.#page.language;
    find("#sent-to").textContent = this.#challenge ? this.#kind.sentTo(texts, this.#address()) : "";
    find("#change").textContent = this.#kind.back(texts);
    find("#delivery").textContent = this.#delivery ? texts[this.#delivery] : "";
    find("#delivery").classList.toggle("failed", this.#delivery === "deliveryFailed");
    for (const each of [this.#submitButton, this.#resendButton, this.#error]) each.render();
  }

  get #kind() {
    return this.#kinds[this.#challenge?.flow] ?? this.#kinds.others;
  }

  /** The address that the code was sent to, from left to right in every language; null if it is unknown. */
  #address() {
    const { phone, email } = this.#challenge;
    if (phone) return displayPhone(phone);
    return email ? `\u2066${email}\u2069` : null;
  }

  #setChallenge(challenge) {
    this.#challenge = challenge;
    this.#delivery = null;
    this.#resendButton.waitUntil(challenge.resendAt);
    storeChallenge(challenge);
    this.#showDelivery(challenge, this.#visit.signal);
  }

  #clearCode() {
    this.#field.value = this.#submittedCode = "";
    this.#submitButton.stopWaiting();
  }

  /** Shows the delivery state until it is final. If it cannot be read, nothing is shown: the code may still arrive. */
  async #showDelivery(challenge, signal) {
    const isOutdated = () => signal.aborted || challenge !== this.#challenge;
    for (const wait of DELIVERY_WAITS_MS) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (isOutdated()) return;
      const delivery = await this.#page.auth.delivery(challenge).catch(() => null);
      if (!delivery || isOutdated()) return;
      this.#delivery = DELIVERY_TEXTS[delivery.state] ?? null;
      this.render();
      if (delivery.state === "delivered" || delivery.state === "failed") return;
    }
  }

  #onInput() {
    this.#error.clear();
    // Submit automatically only once: after a wrong code the person may still be typing.
    if (this.#field.isComplete && this.#field.value !== this.#submittedCode) this.#submit();
  }

  async #submit() {
    if (!this.#submitButton.isReady) return;
    const { signal } = this.#visit;
    const [kind, challenge, code] = [this.#kind, this.#challenge, this.#field.value];
    if (!this.#field.isComplete) {
      this.#error.show((language) => language.texts.required.code(language.number(settings.codeLength)), this.#field.input);
      return;
    }
    this.#submittedCode = code;
    this.#error.clear();
    try {
      const result = await this.#submitButton.during(kind.busy, () => kind.verify(this.#page.auth, challenge, code));
      await kind.onVerified(this.#page, result, challenge);
    } catch (error) {
      if (signal.aborted || kind.handleError(this.#page, error, challenge)) return;
      if (error.type !== "wrong_proof") this.#submittedCode = "";
      this.#showError(error, this.#submitButton, (language) => language.texts.wrong.code);
    }
  }

  async #resend() {
    if (!this.#resendButton.isReady) return;
    const { signal } = this.#visit;
    this.#error.clear();
    try {
      const resend = () => this.#kind.resend(this.#page.auth, this.#challenge);
      const challenge = { ...this.#challenge, ...(await this.#resendButton.during((texts) => texts.sending, resend)) };
      if (signal.aborted) return;
      this.#setChallenge(challenge);
      this.#delivery = "resent";
      this.#clearCode();
      this.render();
      this.focus();
    } catch (error) {
      if (!signal.aborted) this.#showError(error, this.#resendButton, (language) => language.texts.errors.other);
    }
  }

  #showError(error, button, wrong) {
    showError(error, { line: this.#error, button, input: this.#field.input, wrong });
  }

  #change() {
    const { from } = this.#challenge;
    this.#page.show(from ?? "ask", this.#challenge);
    if (!from) this.#page.editAddress();
  }
}
