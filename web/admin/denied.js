/** The step for accounts without the role of an administrator. */

import { Button, ErrorLine, showError } from "../demo/form.js";

const find = (selector) => document.querySelector(selector);

export class Denied {
  needsSession = true;
  section = find("#denied");
  #page;
  #error;
  #checkButton;

  constructor(page) {
    this.#page = page;
    this.#error = new ErrorLine(find("#denied-error"), page);
    const waiting = (texts, time) => texts.waitToTry(time);
    this.#checkButton = new Button(find("#check-again"), page, { label: (texts) => texts.checkAgain, waiting });
    find("#check-again").addEventListener("click", () => this.#checkButton.isReady && this.#checkAgain());
  }

  enter() {
    this.#error.clear();
  }

  leave() {
    this.#checkButton.stopWaiting();
  }

  render() {
    this.#checkButton.render();
    this.#error.render();
  }

  /** The account may have the role by now; then the next token contains it. */
  async #checkAgain() {
    this.#error.clear();
    try {
      const session = await this.#checkButton.during((texts) => texts.loading, () => this.#page.auth.refresh());
      if (session && !this.section.hidden) this.#page.show("requests");
    } catch (error) {
      showError(error, { line: this.#error, button: this.#checkButton, wrong: (language) => language.texts.errors.other });
    }
  }
}
