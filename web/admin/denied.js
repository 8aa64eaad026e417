/** The step for accounts without the role of an administrator. */

import { Button, ErrorLine, refuse } from "../demo/form.js";

const find = (selector) => document.querySelector(selector);

export class Denied {
  needsSession = true;
  section = find("#denied");
  #page;
  #error;
  #check;

  constructor(page) {
    this.#page = page;
    this.#error = new ErrorLine(find("#denied-error"), page);
    const waiting = (texts, time) => texts.waitToTry(time);
    this.#check = new Button(find("#check-again"), page, { label: (texts) => texts.checkAgain, waiting });
    find("#check-again").addEventListener("click", () => this.#check.isReady && this.#again());
  }

  enter() {
    this.#error.clear();
  }

  leave() {
    this.#check.stopWaiting();
  }

  render() {
    this.#check.render();
    this.#error.render();
  }

  /** The account may have the role by now; then the next token contains it. */
  async #again() {
    this.#error.clear();
    try {
      const session = await this.#check.during((texts) => texts.loading, () => this.#page.auth.refresh());
      if (session && !this.section.hidden) this.#page.show("requests");
    } catch (error) {
      refuse(error, { line: this.#error, button: this.#check, wrong: (language) => language.texts.errors.other });
    }
  }
}
