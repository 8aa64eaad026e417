/** The field for a code, which may be typed, pasted, or read from the SMS by the browser. */

import { cleanCode, cleanText } from "../customer-auth.js";
import { settings } from "./settings.js";

export class CodeField {
  input;
  #onInput;
  #onInsert;

  /** `onInput` is called after each change; `onInsert` also after a code was inserted as a whole. */
  constructor(input, { onInput, onInsert }) {
    this.input = input;
    this.#onInput = onInput;
    this.#onInsert = onInsert;
    input.inputMode = settings.codeCharset === "numeric" ? "numeric" : "text";
    input.addEventListener("input", () => this.#normalize());
    input.addEventListener("paste", (event) => {
      event.preventDefault();
      this.#insert(event.clipboardData.getData("text"));
    });
  }

  get value() {
    return this.input.value;
  }

  set value(code) {
    this.input.value = code;
  }

  get isComplete() {
    return this.value.length === settings.codeLength;
  }

  focus() {
    this.input.focus();
  }

  /** WebOTP: the browser reads the code from the SMS, if it can and the person agrees. */
  async readFromSms(signal) {
    if (!("OTPCredential" in globalThis)) return;
    try {
      const credential = await navigator.credentials.get({ otp: { transport: ["sms"] }, signal });
      if (credential && !signal.aborted) this.#insert(credential.code);
    } catch {
      // The person declined or left; the code can be typed.
    }
  }

  #insert(text) {
    this.value = findCode(text);
    this.#normalize();
    this.#onInsert();
  }

  #normalize() {
    const code = codeIn(this.value);
    if (this.value !== code) this.value = code;
    this.#onInput();
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
