/** The admin console: an operator signs in like any customer, and sees the account deletion requests and what messages cost if the service allows it. */

import { CustomerAuth } from "../customer-auth.js";
import { codeSignIn } from "../demo/code-sign-in.js";
import { Button, ErrorLine, textOf } from "../demo/form.js";
import { Page } from "../demo/page.js";
import { pendingChallenge } from "../demo/pending-challenge.js";
import { settings } from "../demo/settings.js";
import { Costs } from "./costs.js";
import { Denied } from "./denied.js";
import { Requests } from "./requests.js";
import { OperatorsLanguage } from "./texts.js";

const find = (selector) => document.querySelector(selector);

class AdminConsole extends Page {
  language = new OperatorsLanguage();
  // A session of its own, so that a customer's session with the shop at the same origin is not touched.
  auth = new CustomerAuth({ baseUrl: settings.baseUrl, locale: "en", storageKey: "customer-auth.admin" });
  #sid = this.auth.session?.claims.sid;
  #isLoggingOut = false;
  #error = new ErrorLine(find("#log-out-error"), this);
  #logOutButtons;

  constructor() {
    super();
    const signIn = codeSignIn(this, { ask: find("#ask"), enter: find("#enter") });
    this.steps = { ...signIn, denied: new Denied(this), requests: new Requests(this), costs: new Costs(this) };
    for (const name of ["requests", "costs"]) find(`#to-${name}`).addEventListener("click", () => this.show(name));
    this.#logOutButtons = ["#log-out", "#denied-log-out"].map((selector) => this.#logOutButton(selector));
    this.auth.onChange((session) => this.#onSession(session));
    const challenge = pendingChallenge();
    if (this.auth.session) this.show("requests");
    else if (challenge?.flow === "sign-in") this.show("enter", { challenge });
    else this.show("ask");
  }

  show(name, data, notice = null) {
    this.#error.clear();
    super.show(name, data, notice);
  }

  /** Shows what comes after a right code. */
  proceed() {
    this.show("requests");
  }

  render() {
    super.render();
    for (const each of this.#logOutButtons) each.render();
    const { email, phone, name } = this.auth.session?.customer ?? {};
    find("#signed-in").hidden = !this.step.needsSession;
    find("#who").textContent = name ?? email ?? phone ?? "";
  }

  /** The session began, continued or ended, in this tab or another. */
  #onSession(session) {
    const isNew = session && session.claims.sid !== this.#sid;
    this.#sid = session?.claims.sid;
    if (isNew && this.step !== this.steps.enter) this.show("requests");
    else if (!session && this.step.needsSession && !this.#isLoggingOut) this.show("ask", undefined, "ended");
  }

  #logOutButton(selector) {
    const button = new Button(find(selector), this, { label: (texts) => texts.logOut, waiting: (texts, time) => texts.waitToTry(time) });
    find(selector).addEventListener("click", () => button.isReady && this.#logOut(button));
    return button;
  }

  async #logOut(button) {
    this.#isLoggingOut = true;
    this.#error.clear();
    try {
      await button.during((texts) => texts.loggingOut, () => this.auth.logout());
      this.show("ask", undefined, "loggedOut");
    } catch (error) {
      this.#error.show(({ texts }) => textOf(error, texts));
    } finally {
      this.#isLoggingOut = false;
    }
  }
}

new AdminConsole();
