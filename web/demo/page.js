/** What the demo and the admin console have in common: one step shown at a time, and a notice of what has happened. */

import { settings } from "./settings.js";

const find = (selector) => document.querySelector(selector);

/** A subclass has a `language`, and sets `steps` before it shows the first; the name of a step is the id of its section. */
export class Page {
  steps = {};
  step = null;
  #notice = null;

  constructor() {
    find("#brand").textContent = settings.brand;
    if (settings.inboxUrl) Object.assign(find("#inbox"), { href: settings.inboxUrl, hidden: false });
    for (const name of ["online", "offline"]) addEventListener(name, () => this.render());
  }

  /** Shows a step, and `notice` below it; what is new gets the focus, unless the page has just been opened. */
  show(name, data, notice = null) {
    const isFirst = this.step === null;
    this.step?.leave();
    this.step = this.steps[name];
    for (const each of Object.values(this.steps)) each.section.hidden = each !== this.step;
    this.step.enter(data);
    this.#notice = notice;
    this.render();
    if (isFirst) return;
    if (name === "enter") this.step.focus();
    else this.step.section.querySelector("h1").focus();
  }

  /** Shows the text of this name as the notice. */
  notify(name) {
    this.#notice = name;
    find("#said").textContent = this.language.texts[name];
  }

  /** A notice about the previous step no longer matters. */
  clearNotice() {
    this.#notice = null;
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
    find("#said").textContent = this.#notice ? texts[this.#notice] : "";
    find("#offline").hidden = navigator.onLine;
    find("#offline").textContent = navigator.onLine ? "" : texts.offline;
  }
}
