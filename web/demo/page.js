/** What the demo and the admin console have in common: one step shown at a time, and a line that says what has happened. */

import { settings } from "./settings.js";

const find = (selector) => document.querySelector(selector);

/** A subclass has a `language`, and sets `steps` before it shows the first. */
export class Page {
  steps = {};
  step = null;
  #said = null;

  constructor() {
    find("#brand").textContent = settings.brand;
    if (settings.inboxUrl) Object.assign(find("#inbox"), { href: settings.inboxUrl, hidden: false });
    for (const name of ["online", "offline"]) addEventListener(name, () => this.render());
  }

  /** Shows a step; what is new gets the focus, unless the page has just been opened. */
  show(name, data, said = null) {
    const isFirst = this.step === null;
    this.step?.leave();
    this.step = this.steps[name];
    for (const each of Object.values(this.steps)) each.section.hidden = each !== this.step;
    this.step.enter(data);
    this.#said = said;
    this.render();
    if (isFirst) return;
    if (name === "enter") this.step.focus();
    else this.step.section.querySelector("h1").focus();
  }

  say(name) {
    this.#said = name;
    find("#said").textContent = this.language.texts[name];
  }

  /** What was said of the step before no longer matters. */
  hush() {
    this.#said = null;
    find("#said").textContent = "";
  }

  editAddress() {
    this.steps.ask.edit();
  }

  render() {
    const { texts } = this.language;
    for (const each of document.querySelectorAll("[data-text]")) each.textContent = texts[each.dataset.text];
    this.step.render();
    document.title = `${this.step.section.querySelector("h1").textContent} · ${settings.brand}`;
    find("#said").textContent = this.#said ? texts[this.#said] : "";
    find("#offline").hidden = navigator.onLine;
    find("#offline").textContent = navigator.onLine ? "" : texts.offline;
  }
}
