/** The second step: the code, typed, pasted, or filled in by the browser. */

import { cleanCode, cleanText } from "../customer-auth.js";
import { Button, ErrorLine, refuse } from "./form.js";
import { readPhone } from "./phone-field.js";
import { settings } from "./settings.js";

const DELIVERY_WAITS_MS = [1000, 2000, 4000, 8000];
const KEPT = "customer-auth.demo.challenge";

const find = (selector) => document.querySelector(selector);

/** What a code does unless its flow has a kind of its own: how it is tried and sent again, what is next, and the words. */
const USUAL = {
  label: (texts) => texts.verify,
  busy: (texts) => texts.verifying,
  back: (texts) => texts.change,
  sentTo: (texts, address) => texts.codeSentTo(address),
  verify: (auth, challenge, code) => auth.verifyCode(challenge, code),
  resend: (auth, challenge) => auth.resendCode(challenge),
  done: (page, session, challenge) => page.entered(session, challenge),
  refused: () => false,
};

export class Enter {
  section;
  #page;
  #codes;
  #input = find("#code");
  #challenge = null;
  #delivery = null;
  #tried = "";
  #left = null;
  #submitButton;
  #resendButton;
  #error;

  /** `codes` has a page's own kinds of code by their flow, and in `usual` what differs for all others. */
  constructor(page, section, { usual, ...codes } = {}) {
    this.#page = page;
    this.section = section;
    this.#codes = { ...codes, usual: { ...USUAL, ...usual } };
    this.#error = new ErrorLine(find("#enter-error"), page);
    const waiting = (texts, time) => texts.waitToTry(time);
    const onWaited = () => this.#error.clear();
    const label = (texts) => this.#kind.label(texts);
    this.#submitButton = new Button(find("#enter [type=submit]"), page, { label, waiting, onWaited });
    this.#resendButton = new Button(find("#resend"), page, {
      label: (texts) => texts.resend,
      waiting: (texts, time) => texts.waitToResend(time),
    });
    this.#input.inputMode = settings.codeCharset === "numeric" ? "numeric" : "text";
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("paste", (event) => this.#paste(event));
    find("#enter form").addEventListener("submit", (event) => this.#submit(event));
    find("#resend").addEventListener("click", () => this.#resend());
    find("#change").addEventListener("click", () => this.#change());
  }

  /** The challenge that a reload, or a phone that was short of memory while the message was read, has interrupted. */
  static interrupted() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT));
      const challenge = kept && { ...kept, expiresAt: new Date(kept.expiresAt), resendAt: new Date(kept.resendAt) };
      return challenge?.expiresAt > Date.now() ? challenge : null;
    } catch {
      return null;
    }
  }

  enter({ challenge }) {
    this.#left = new AbortController();
    this.#take(challenge);
    this.#input.value = this.#tried = "";
    this.#submitButton.stopWaiting();
    this.#error.clear();
    this.render();
    this.#fillIn(this.#left.signal);
  }

  leave() {
    this.#left?.abort();
    this.#submitButton.stopWaiting();
    this.#resendButton.stopWaiting();
    keep(null);
  }

  focus() {
    this.#input.focus();
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
    return this.#codes[this.#challenge?.flow] ?? this.#codes.usual;
  }

  /** The address that the code was sent to, from left to right in every language; null if it is unknown. */
  #address() {
    const { phone, email } = this.#challenge;
    const address = phone ? readPhone(phone, settings.defaultRegion).text : email;
    return address ? `\u2066${address}\u2069` : null;
  }

  #take(challenge) {
    this.#challenge = challenge;
    this.#delivery = null;
    this.#resendButton.waitUntil(challenge.resendAt);
    keep(challenge);
    this.#follow(challenge, this.#left.signal);
  }

  /** Shows the delivery state until it is final. If it cannot be read, nothing is shown: the code may still arrive. */
  async #follow(challenge, signal) {
    for (const wait of DELIVERY_WAITS_MS) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (signal.aborted || challenge !== this.#challenge) return;
      const found = await this.#page.auth.delivery(challenge).catch(() => null);
      if (!found || signal.aborted || challenge !== this.#challenge) return;
      const names = { queued: "deliveryQueued", sent: "deliverySent", delivered: "deliveryDelivered", failed: "deliveryFailed" };
      this.#delivery = names[found.state] ?? null;
      this.render();
      if (found.state === "delivered" || found.state === "failed") return;
    }
  }

  /** WebOTP: the browser reads the code from the SMS, if it can and the person agrees. */
  async #fillIn(signal) {
    if (!("OTPCredential" in globalThis) || !this.#challenge.phone) return;
    try {
      const found = await navigator.credentials.get({ otp: { transport: ["sms"] }, signal });
      if (found && !signal.aborted) this.#put(found.code);
    } catch {
      // The person declined or left; the code can be typed.
    }
  }

  #typed() {
    const code = codeIn(this.#input.value);
    if (this.#input.value !== code) this.#input.value = code;
    this.#error.clear();
    // Submit automatically only once: after a wrong code the person may still be typing.
    if (code.length === settings.codeLength && code !== this.#tried) this.#try();
  }

  #paste(event) {
    event.preventDefault();
    this.#put(event.clipboardData.getData("text"));
  }

  #put(text) {
    this.#input.value = findCode(text);
    this.#typed();
  }

  #submit(event) {
    event.preventDefault();
    this.#try();
  }

  async #try() {
    if (!this.#submitButton.isReady) return;
    const { signal } = this.#left;
    const [kind, challenge] = [this.#kind, this.#challenge];
    const code = this.#input.value;
    if (code.length !== settings.codeLength) {
      this.#error.show((language) => language.texts.required.code(language.number(settings.codeLength)), this.#input);
      return;
    }
    this.#tried = code;
    this.#error.clear();
    try {
      const told = await this.#submitButton.during(kind.busy, () => kind.verify(this.#page.auth, challenge, code));
      await kind.done(this.#page, told, challenge);
    } catch (error) {
      if (signal.aborted || kind.refused(this.#page, error, challenge)) return;
      if (error.type !== "wrong_proof") this.#tried = "";
      const wrong = (language) => language.texts.wrong.code;
      refuse(error, { line: this.#error, button: this.#submitButton, input: this.#input, wrong });
    }
  }

  async #resend() {
    if (!this.#resendButton.isReady) return;
    const { signal } = this.#left;
    this.#error.clear();
    try {
      const resend = () => this.#kind.resend(this.#page.auth, this.#challenge);
      const challenge = { ...this.#challenge, ...(await this.#resendButton.during((texts) => texts.sending, resend)) };
      if (signal.aborted) return;
      this.#take(challenge);
      this.#delivery = "resent";
      this.#input.value = this.#tried = "";
      this.#submitButton.stopWaiting();
      this.render();
      this.focus();
    } catch (error) {
      if (signal.aborted) return;
      const wrong = (language) => language.texts.errors.other;
      refuse(error, { line: this.#error, button: this.#resendButton, input: this.#input, wrong });
    }
  }

  #change() {
    const { from } = this.#challenge;
    this.#page.show(from ?? "ask", this.#challenge);
    if (!from) this.#page.editAddress();
  }
}

/** The characters of a code in ASCII, without separators. */
function codeIn(text) {
  const foreign = settings.codeCharset === "numeric" ? /\D/g : /[^A-Z0-9]/g;
  return cleanCode(text).replace(foreign, "").slice(0, settings.codeLength);
}

/** The code in the pasted text, which may be the whole message. */
function findCode(text) {
  const length = settings.codeLength;
  const marked = text.match(/^@\S+ #(\S+)$/m);
  if (marked) return codeIn(marked[1]);
  const numbers = cleanText(text).split(/[^\p{Nd}\p{Pd}\s\u2212]+/u).map((part) => cleanCode(part).replace(/\s/g, ""));
  return codeIn(numbers.find((each) => each.length === length) ?? text);
}

function keep(challenge) {
  try {
    if (challenge) sessionStorage.setItem(KEPT, JSON.stringify(challenge));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Without storage a reload starts from the beginning.
  }
}
