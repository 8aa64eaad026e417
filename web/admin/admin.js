/** The admin console: an operator signs in like any customer, and sees the account deletion requests if the service allows it. */

import { CustomerAuth } from "../customer-auth.js";
import { Ask } from "../demo/ask.js";
import { Enter } from "../demo/enter.js";
import { Button, ErrorLine, textOf } from "../demo/form.js";
import { settings } from "../demo/settings.js";
import { Denied } from "./denied.js";
import { Requests } from "./requests.js";
import { OperatorsLanguage } from "./texts.js";

const find = (selector) => document.querySelector(selector);

class Page {
  language = new OperatorsLanguage();
  // A session of its own, so that a customer's session with the shop at the same origin is not touched.
  auth = new CustomerAuth({ baseUrl: settings.baseUrl, locale: "en", storageKey: "customer-auth.admin" });
  #steps;
  #step = null;
  #said = null;
  #sid = this.auth.session?.claims.sid;
  #leaving = false;
  #error = new ErrorLine(find("#log-out-error"), this);
  #logOutButtons;

  constructor() {
    this.#steps = { ask: new Ask(this), enter: new Enter(this), denied: new Denied(this), requests: new Requests(this) };
    this.#fillFrame();
    this.auth.onChange((session) => this.#changed(session));
    const challenge = Enter.interrupted();
    if (this.auth.session) this.show("requests");
    else if (challenge?.flow === "sign-in") this.show("enter", { challenge });
    else this.show("ask");
  }

  /** Shows a step and moves the focus to its new content, unless the page has just been opened. */
  show(name, data, said = null) {
    const isFirst = this.#step === null;
    this.#step?.leave();
    this.#step = this.#steps[name];
    for (const each of Object.values(this.#steps)) each.section.hidden = each !== this.#step;
    this.#step.enter(data);
    this.#said = said;
    this.#error.clear();
    this.render();
    if (isFirst) return;
    if (name === "enter") this.#step.focus();
    else this.#step.section.querySelector("h1").focus();
  }

  /** After a right code. */
  entered() {
    this.show("requests");
  }

  /** Clears the message, which was about the previous step. */
  hush() {
    this.#said = null;
    find("#said").textContent = "";
  }

  editAddress() {
    this.#steps.ask.edit();
  }

  render() {
    const { texts } = this.language;
    for (const each of document.querySelectorAll("[data-text]")) each.textContent = texts[each.dataset.text];
    this.#step.render();
    for (const each of this.#logOutButtons) each.render();
    document.title = `${this.#step.section.querySelector("h1").textContent} · ${settings.brand}`;
    find("#said").textContent = this.#said ? texts[this.#said] : "";
    find("#offline").hidden = navigator.onLine;
    find("#offline").textContent = navigator.onLine ? "" : texts.offline;
    const { email, phone, name } = this.auth.session?.customer ?? {};
    find("#signed-in").hidden = !this.#step.needsSession;
    find("#who").textContent = name ?? email ?? phone ?? "";
  }

  /** The session began, continued or ended, in this tab or another. */
  #changed(session) {
    const isNew = session && session.claims.sid !== this.#sid;
    this.#sid = session?.claims.sid;
    if (isNew && this.#step !== this.#steps.enter) this.show("requests");
    else if (!session && this.#step.needsSession && !this.#leaving) this.show("ask", undefined, "ended");
  }

  #fillFrame() {
    find("#brand").textContent = settings.brand;
    if (settings.inboxUrl) Object.assign(find("#inbox"), { href: settings.inboxUrl, hidden: false });
    this.#logOutButtons = ["#log-out", "#denied-log-out"].map((selector) => {
      const button = new Button(find(selector), this, { label: (texts) => texts.logOut, waiting: (texts, time) => texts.waitToTry(time) });
      find(selector).addEventListener("click", () => button.isReady && this.#logOut(button));
      return button;
    });
    for (const name of ["online", "offline"]) addEventListener(name, () => this.render());
  }

  async #logOut(button) {
    this.#leaving = true;
    this.#error.clear();
    try {
      await button.during((texts) => texts.loggingOut, () => this.auth.logout());
      this.show("ask", undefined, "loggedOut");
    } catch (error) {
      this.#error.show(({ texts }) => textOf(error, texts));
    } finally {
      this.#leaving = false;
    }
  }
}

new Page();
