/** The first step: the phone number or email address that the code is sent to. */

import { cleanEmail, cleanText } from "../customer-auth.js";
import { Button, ErrorLine, refuse } from "./form.js";
import { PhoneField } from "./phone-field.js";
import { settings } from "./settings.js";

const find = (selector) => document.querySelector(selector);

export class Ask {
  section;
  #page;
  #form;
  #inputs = { phone: find("#phone"), email: find("#email") };
  #read = null;
  #phone;
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
    this.#phone = new PhoneField(this.#inputs.phone, settings.defaultRegion, (read) => this.#show(read));
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#form.addEventListener("input", () => this.#forget());
    this.#form.addEventListener("submit", () => page.hush());
    this.#form.addEventListener("change", () => this.render());
  }

  get #by() {
    return this.#form.elements.by.value;
  }

  enter() {
    this.#forget();
    this.render();
  }

  leave() {
    this.#forget();
  }

  /** The address, to be changed. */
  edit() {
    this.#inputs[this.#by].focus();
    this.#inputs[this.#by].select();
  }

  render() {
    for (const by of ["phone", "email"]) find(`#by-${by}`).hidden = by !== this.#by;
    if (this.#read) this.#show(this.#read);
    this.#button.render();
    this.#error.render();
  }

  /** Another address may be accepted although this one was refused. */
  #forget() {
    this.#button.stopWaiting();
    this.#error.clear();
  }

  #show(read) {
    const { language } = this.#page;
    this.#read = read;
    find("#country").textContent = this.#inputs.phone.value.startsWith("+") || !read.callingCode ? read.region : `+${read.callingCode}`;
    const hint = read.region ? language.texts.phoneHint(language.country(read.region)) : language.texts.phoneHintUnknown;
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
      refuse(error, { line: this.#error, button: this.#button, input, wrong: (language) => language.texts.wrong[by] });
    }
  }

  /** The address that was typed, or null after showing what is missing. */
  #address(by) {
    const input = this.#inputs[by];
    const { number, region } = this.#phone.value;
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
