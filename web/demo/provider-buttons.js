/** A button for each provider, to sign in by it or to add it. */

import { element } from "./elements.js";
import { Button, ErrorLine, showError } from "./form.js";
import { settings } from "./settings.js";

export class ProviderButtons {
  #page;
  #section;
  #buttons = new Map();
  #error;

  /** `act` is called with the provider; the section with this id is hidden if none is set up. */
  constructor(page, id, act) {
    this.#page = page;
    this.#section = document.getElementById(id);
    this.#section.hidden = settings.providers.length === 0;
    this.#error = new ErrorLine(document.getElementById(`${id}-error`), page);
    document.getElementById(`${id}-list`).replaceChildren(...settings.providers.map((each) => this.#item(each, act)));
  }

  render() {
    for (const button of this.#buttons.values()) button.render();
    this.#error.render();
  }

  #item(provider, act) {
    const node = element("button", { type: "button", class: "secondary" });
    const button = new Button(node, this.#page, {
      label: (texts) => texts.continueWith(texts.providers[provider]),
      waiting: (texts, time) => texts.waitToTry(time),
    });
    this.#buttons.set(provider, button);
    node.addEventListener("click", () => this.#act(button, () => act(provider)));
    return element("li", {}, node);
  }

  async #act(button, act) {
    if (!button.isReady) return;
    this.#error.clear();
    this.#page.clearNotice();
    try {
      await button.during((texts) => texts.loading, act);
    } catch (error) {
      showError(error, { line: this.#error, button, wrong: (language) => language.texts.errors.other });
    }
  }
}
