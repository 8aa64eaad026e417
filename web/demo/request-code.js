/** The first step of signing in with a code: the phone number or email address that it is sent to. */

import { cleanEmail, cleanText } from "../customer-auth.js";
import { Button, ErrorLine, showError } from "./form.js";
import { PhoneField } from "./phone-field.js";
import { settings } from "./settings.js";

const find = (selector) => document.querySelector(selector);

export class RequestCodeStep {
  section;
  #page;
  #form;
  #inputs = { phone: find("#phone"), email: find("#email") };
  #phoneNumber = null; // what the phone field contains
  #phoneField;
  #button;
  #error;

  constructor(page, section) {
    this.#page = page;
    this.section = section;
    this.#form = section.querySelector("form");
    this.#error = new ErrorLine(find("#ask-error"), page);
    this.#button = new Button(this.#form.querySelector("[type=submit]"), page, {
      label: (texts) => texts.send,
      waiting: (texts, time) => texts.waitToTry(time),
      onWaited: () => this.#error.clear(),
    });
    this.#phoneField = new PhoneField(this.#inputs.phone, settings.defaultRegion, (phoneNumber) => this.#showCountry(phoneNumber));
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#form.addEventListener("input", () => this.#clearError());
    this.#form.addEventListener("submit", () => page.clearNotice());
    this.#form.addEventListener("change", () => this.render());
  }

  get #by() {
    return this.#form.elements.by.value;
  }

  enter() {
    this.#clearError();
    this.render();
  }

  leave() {
    this.#clearError();
  }

  /** Selects the address, so that it can be changed. */
  edit() {
    this.#inputs[this.#by].focus();
    this.#inputs[this.#by].select();
  }

  render() {
    for (const by of ["phone", "email"]) find(`#by-${by}`).hidden = by !== this.#by;
    if (this.#phoneNumber) this.#showCountry(this.#phoneNumber);
    this.#button.render();
    this.#error.render();
  }

  /** Another address may be accepted although this one was refused. */
  #clearError() {
    this.#button.stopWaiting();
    this.#error.clear();
  }

  #showCountry(phoneNumber) {
    const { language } = this.#page;
    const { region, callingCode } = phoneNumber;
    this.#phoneNumber = phoneNumber;
    find("#country").textContent = this.#inputs.phone.value.startsWith("+") || !callingCode ? region : `+${callingCode}`;
    const hint = region ? language.texts.phoneHint(language.country(region)) : language.texts.phoneHintUnknown;
    if (find("#phone-hint").textContent !== hint) find("#phone-hint").textContent = hint;
  }

  async #submit(event) {
    event.preventDefault();
    if (!this.#button.isReady) return;
    const by = this.#by;
    const address = this.#address(by);
    if (!address) return;
    this.#error.clear();
    try {
      const challenge = await this.#button.during((texts) => texts.sending, () => this.#page.auth.requestCode(address));
      this.#page.show("enter", { challenge });
    } catch (error) {
      const input = this.#inputs[by];
      showError(error, { line: this.#error, button: this.#button, input, wrong: (language) => language.texts.wrong[by] });
    }
  }

  /** The address that was typed, or null after showing what is missing. */
  #address(by) {
    const input = this.#inputs[by];
    const { number, region } = this.#phoneField.value;
    const typed = by === "phone" ? number : cleanEmail(input.value);
    if (!typed) {
      this.#error.show((language) => (cleanText(input.value) ? language.texts.wrong : language.texts.required)[by], input);
      return null;
    }
    if (by === "phone" && region && !settings.regions.includes(region)) {
      this.#error.show((language) => language.texts.notServed(language.countries(settings.regions)), input);
      return null;
    }
    return { [by]: typed };
  }
}
