/** A step of the page with one form: its fields, their errors, and its only button. */

import { AuthError, cleanEmail, cleanText } from "../customer-auth.js";
import { Button, ErrorLine, showError, textOf } from "./form.js";
import { PhoneField, readPhone } from "./phone-field.js";
import { settings } from "./settings.js";

const FIELDS = { old_password: "old_password", new_password: "new_password", confirm_password: "confirm_password", email_or_phone: "who" };
const SHORTEST_PASSWORD = 8;

/** The password field that a button reveals. */
const fieldOf = (peek) => document.getElementById(peek.getAttribute("aria-controls"));

export class FormStep {
  page;
  section;
  form;
  error;
  #button;
  #signInAgainButton;
  #phoneField = null;

  /** `label` and `busy` select the button's texts. */
  constructor(page, name, { label, busy }) {
    this.page = page;
    this.section = document.getElementById(name);
    this.form = this.section.querySelector("form");
    this.busy = busy;
    this.error = new ErrorLine(document.getElementById(`${name}-error`), page);
    const waiting = (texts, time) => texts.waitToTry(time);
    this.#button = new Button(this.form.querySelector("[type=submit]"), page, { label, waiting, onWaited: () => this.error.clear() });
    this.#signInAgainButton = document.getElementById(`${name}-again`);
    this.#signInAgainButton?.addEventListener("click", () => page.signInAgain(this.stepAfterSignIn, this.draft()));
    this.form.addEventListener("input", () => this.clearError());
    this.form.addEventListener("submit", (event) => this.#onSubmit(event));
    for (const peek of this.form.querySelectorAll(".peek")) {
      peek.addEventListener("click", () => this.#setVisible(peek, fieldOf(peek).type === "password"));
    }
    const phone = this.input("phone");
    if (phone) this.#phoneField = new PhoneField(phone, settings.defaultRegion, () => this.#showCountry());
  }

  get isBusy() {
    return this.#button.isBusy;
  }

  input(name) {
    return this.form.elements[name];
  }

  /** The value of a field, cleaned as the service does it; a password is not cleaned. */
  value(name) {
    const { value, type, autocomplete } = this.input(name);
    if (type === "password" || autocomplete.endsWith("-password")) return value;
    return type === "email" ? cleanEmail(value) : cleanText(value);
  }

  enter() {
    this.clearError();
    for (const peek of this.form.querySelectorAll(".peek")) fieldOf(peek).type = "password";
    this.render();
  }

  /** Clears passwords when the step is left. */
  leave() {
    this.clearError();
    for (const each of this.form.querySelectorAll("[autocomplete$=-password]")) each.value = "";
  }

  focus() {
    this.section.querySelector("h1").focus();
  }

  render() {
    const { texts } = this.page.language;
    for (const peek of this.form.querySelectorAll(".peek")) {
      peek.textContent = fieldOf(peek).type === "password" ? texts.show : texts.hide;
      peek.ariaLabel = `${peek.textContent}: ${texts[peek.closest(".field").querySelector("label").dataset.text]}`;
    }
    if (this.#phoneField) this.#showCountry();
    this.#button.render();
    this.error.render();
  }

  /** Other input may be accepted although this was refused. */
  clearError() {
    this.#button.stopWaiting();
    this.error.clear();
    if (this.#signInAgainButton) this.#signInAgainButton.hidden = true;
  }

  waitUntil(moment) {
    this.#button.waitUntil(moment);
  }

  showField(name, isShown) {
    this.form.querySelector(`[data-field=${name}]`).hidden = !isShown;
  }

  /** The address that was typed, as { email } or { phone }, or null after showing what is wrong with it. */
  address(name) {
    const typed = this.value(name);
    const by = name === "who" ? (typed.includes("@") ? "email" : "phone") : name;
    if (!typed) return this.showInvalid((texts) => texts.required[name], name);
    if (by === "email") return { email: typed };
    const { number, region } = readPhone(typed, settings.defaultRegion);
    if (!number) return this.showInvalid((texts) => texts.wrong[name], name);
    const notServed = (texts, language) => texts.notServed(language.countries(settings.regions));
    if (region && !settings.regions.includes(region)) return this.showInvalid(notServed, name);
    return { phone: number };
  }

  /** The chosen password, or null after showing what is wrong with it. */
  chosenPassword(name) {
    const password = this.value(name);
    if ([...password.normalize("NFKC")].length < SHORTEST_PASSWORD) return this.showInvalid((texts) => texts.wrong.shortPassword, name);
    return password;
  }

  /** Shows what is wrong with a field; returns null. */
  showInvalid(text, name) {
    const input = this.input(name);
    this.error.show((language) => text(language.texts, language), input);
    return null;
  }

  /** What the form does. Each subclass has its own. */
  async submit() {
    throw new Error("a subclass submits the form");
  }

  /** The step that is shown after another sign-in. */
  get stepAfterSignIn() {
    return this.section.id;
  }

  /** The unfinished input, with which the step is shown again after another sign-in. */
  draft() {
    return undefined;
  }

  /** The step's own text for an error, with its field if it has one; null if the common text fits. */
  errorText(_error) {
    return null;
  }

  async #onSubmit(event) {
    event.preventDefault();
    if (!this.#button.isReady) return;
    this.page.clearNotice();
    this.error.clear();
    try {
      await this.#button.during(this.busy, () => this.submit());
    } catch (error) {
      if (!this.section.hidden) this.#showError(error);
    }
  }

  #showError(error) {
    if (this.#signInAgainButton) this.#signInAgainButton.hidden = error.type !== "reauthentication_required";
    const own = error instanceof AuthError && this.errorText(error);
    if (own) this.error.show((language) => own.text(language.texts), own.input && this.input(own.input));
    else if (error.type === "bad_request") this.#showFieldError(error);
    else showError(error, { line: this.error, button: this.#button, wrong: (language) => textOf(error, language.texts) });
  }

  /** The service says in English what is wrong with which field; the page uses its own texts. */
  #showFieldError({ errors: [{ field, message } = {}] }) {
    const name = [FIELDS[field], field, "who"].find((each) => each && this.input(each)) ?? null;
    const pick = (texts) => {
      if (message === "is not enabled") return texts.notEnabled[field];
      if (message === "is yours already") return texts.alreadyYours;
      return texts.wrong[field] ?? texts.errors.other;
    };
    this.error.show((language) => pick(language.texts), name && this.input(name));
  }

  #setVisible(peek, isShown) {
    fieldOf(peek).type = isShown ? "text" : "password";
    this.render();
  }

  #showCountry() {
    const { language } = this.page;
    const input = this.input("phone");
    const { region, callingCode } = readPhone(input.value, settings.defaultRegion);
    const field = input.closest(".field");
    field.querySelector(".country").textContent = input.value.startsWith("+") || !callingCode ? region : `+${callingCode}`;
    const hint = region ? language.texts.phoneHint(language.country(region)) : language.texts.phoneHintUnknown;
    if (field.querySelector(".hint").textContent !== hint) field.querySelector(".hint").textContent = hint;
  }
}
