/** The page: its language, and which of its three steps is shown. */

import { CustomerAuth } from "../customer-auth.js";
import { Account } from "./account.js";
import { Ask } from "./ask.js";
import { Enter } from "./enter.js";
import { settings } from "./settings.js";
import { Language, languages } from "./texts.js";

const LANGUAGE = "customer-auth.demo.language";

const find = (selector) => document.querySelector(selector);

class Page {
  language;
  auth;
  #steps;
  #step = null;
  #said = null;
  #leaving = false;
  #unsubscribe = () => {};

  constructor() {
    this.language = new Language(chosenLanguage());
    this.#connect();
    this.#steps = { ask: new Ask(this), enter: new Enter(this), account: new Account(this) };
    this.#fillFrame();
    const challenge = Enter.interrupted();
    if (this.auth.session) this.show("account", { session: this.auth.session });
    else if (challenge) this.show("enter", { challenge });
    else this.show("ask");
  }

  /** Shows a step; what is new gets the focus, unless the page has just been opened. */
  show(name, data, said = null) {
    const isFirst = this.#step === null;
    this.#step?.leave();
    this.#step = this.#steps[name];
    for (const each of Object.values(this.#steps)) each.section.hidden = each !== this.#step;
    this.#step.enter(data);
    this.#said = said;
    this.render();
    if (isFirst) return;
    if (name === "enter") this.#step.focus();
    else this.#step.section.querySelector("h1").focus();
  }

  /** What was said of the step before no longer matters. */
  hush() {
    this.#said = null;
    find("#said").textContent = "";
  }

  editAddress() {
    this.#steps.ask.edit();
  }

  /** Raises AuthError if it could not be done; the session then goes on. */
  async logOut(everywhere) {
    this.#leaving = true;
    try {
      await this.auth.logout({ everywhere });
    } finally {
      this.#leaving = false;
    }
    this.show("ask", undefined, everywhere ? "loggedOutEverywhere" : "loggedOut");
  }

  render() {
    const { tag, direction, texts } = this.language;
    Object.assign(document.documentElement, { lang: tag, dir: direction });
    for (const each of document.querySelectorAll("[data-text]")) each.textContent = texts[each.dataset.text];
    this.#step.render();
    document.title = `${this.#step.section.querySelector("h1").textContent} · ${settings.brand}`;
    find("#said").textContent = this.#said ? texts[this.#said] : "";
    find("#offline").hidden = navigator.onLine;
    find("#offline").textContent = navigator.onLine ? "" : texts.offline;
  }

  #connect() {
    this.#unsubscribe();
    this.auth = new CustomerAuth({ baseUrl: settings.baseUrl, locale: this.language.tag });
    this.#unsubscribe = this.auth.onChange((session) => this.#changed(session));
  }

  /** The session began, went on or ended: here, or in another tab. */
  #changed(session) {
    const { account, enter } = this.#steps;
    if (session && this.#step === account) account.renew(session);
    else if (session && this.#step !== enter) this.show("account", { session });
    else if (!session && this.#step === account && !this.#leaving) this.show("ask", undefined, "ended");
  }

  #fillFrame() {
    find("#brand").textContent = settings.brand;
    if (settings.inboxUrl) Object.assign(find("#inbox"), { href: settings.inboxUrl, hidden: false });
    find("#language").value = this.language.tag;
    find("#language").addEventListener("change", (event) => this.#speak(event.target.value));
    for (const name of ["online", "offline"]) addEventListener(name, () => this.render());
  }

  #speak(tag) {
    this.language = new Language(tag);
    remember(tag);
    this.#connect();
    this.render();
  }
}

/** The one chosen here before, else the first of the browser's that the page speaks. */
function chosenLanguage() {
  const tags = [remembered(), ...navigator.languages.map((each) => each.split("-")[0])];
  return tags.find((each) => Object.hasOwn(languages, each)) ?? "en";
}

function remembered() {
  try {
    return localStorage.getItem(LANGUAGE) ?? "";
  } catch {
    return "";
  }
}

function remember(tag) {
  try {
    localStorage.setItem(LANGUAGE, tag);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

new Page();
