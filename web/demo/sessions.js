/** The customer's sessions. */

import { element } from "./elements.js";
import { ErrorLine, textOf } from "./form.js";

const find = (selector) => document.querySelector(selector);

/** Every session, each with a button that ends it. */
export class Sessions {
  needsSession = true;
  section = find("#sessions");
  error;
  #page;
  #sessions = [];

  constructor(page) {
    this.#page = page;
    this.error = new ErrorLine(find("#sessions-error"), page);
  }

  enter() {
    this.#sessions = [];
    this.error.clear();
    this.#load();
  }

  leave() {
    this.#sessions = [];
  }

  render() {
    find("#sessions-list").replaceChildren(...this.#sessions.map((each) => this.#row(each)));
    this.error.render();
  }

  #load() {
    return this.#page.load(this, () => this.#page.auth.sessions(), (sessions) => {
      this.#sessions = sessions;
      this.render();
    });
  }

  #row({ sid, client, current, lastUsedAt }) {
    const { language } = this.#page;
    const { texts } = language;
    const [row, words, name] = [element("li"), element("div"), element("bdi", {}, client ?? texts.unknownDevice)];
    words.append(name, element("span", { class: "quiet-text line" }, texts.lastUsed(language.moment(lastUsedAt / 1000))));
    row.append(words);
    if (current) {
      name.after(" ", element("span", { class: "badge good" }, texts.thisDevice));
    } else {
      const end = element("button", { type: "button", class: "link", "aria-label": `${texts.end}: ${name.textContent}` }, texts.end);
      end.addEventListener("click", () => this.#end(sid));
      row.append(end);
    }
    return row;
  }

  async #end(sid) {
    this.error.clear();
    this.#page.clearNotice();
    try {
      await this.#page.auth.endSession(sid).catch((error) => {
        if (error.type !== "not_found") throw error; // it has already ended
      });
      await this.#load();
      this.section.querySelector("h1").focus();
      this.#page.notify("sessionEnded");
    } catch (error) {
      this.error.show((language) => textOf(error, language.texts));
    }
  }
}
