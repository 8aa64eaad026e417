/** What messages cost in a month, by region and sender: a table, and a chart of the messages sent and the codes used. */

import { Button, textOf } from "../demo/form.js";
import { chartOf, lastMonths, rowsOf } from "./costs-rendering.js";

const find = (selector) => document.querySelector(selector);

export class Costs {
  needsSession = true;
  section = find("#costs");
  #page;
  #months = find("#costs-month");
  #pendingCall = null; // the only call whose response is still expected
  #costs = null;
  #error = null;
  #refreshButton;

  constructor(page) {
    this.#page = page;
    const waiting = (texts, time) => texts.waitToTry(time);
    this.#refreshButton = new Button(find("#costs-refresh"), page, { label: (texts) => texts.refresh, waiting });
    find("#costs-refresh").addEventListener("click", () => this.#refreshButton.isReady && this.#load());
    for (const month of lastMonths(new Date())) this.#months.add(new Option(month, month));
    this.#months.addEventListener("change", () => this.#load());
  }

  enter() {
    this.#load();
  }

  leave() {
    this.#pendingCall = this.#costs = this.#error = null;
    this.#refreshButton.stopWaiting();
  }

  render() {
    const { language } = this.#page;
    const { texts } = language;
    const rows = this.#costs?.rows ?? [];
    this.#refreshButton.render();
    find("#costs-state").textContent = this.#pendingCall ? texts.loading : this.#error || rows.length ? "" : texts.noCosts;
    find("#costs-error").textContent = this.#error ? textOf(this.#error, texts) : "";
    find("#costs table").hidden = find("#costs-chart").hidden = rows.length === 0;
    find("#costs table").replaceChildren(find("#costs caption"), ...rowsOf(rows, language));
    find("#costs-chart").replaceChildren(...chartOf(rows, language));
  }

  async #load() {
    const call = (this.#pendingCall = {});
    this.#costs = this.#error = null;
    this.#refreshButton.stopWaiting();
    this.render();
    try {
      const response = await this.#page.auth.call(`/admin/costs?month=${this.#months.value}`, { method: "GET", bearer: true });
      if (this.#pendingCall !== call) return;
      this.#costs = response;
    } catch (error) {
      if (this.#pendingCall !== call || this.#leaveFor(error.type)) return;
      this.#error = error;
      if (error.retryAfterSeconds) this.#refreshButton.waitUntil(new Date(Date.now() + error.retryAfterSeconds * 1000));
    }
    this.#pendingCall = null;
    this.render();
  }

  /** Whether another step has to come first. */
  #leaveFor(type) {
    const steps = { not_allowed: ["denied"], reauthentication_required: ["ask", "reauthenticate"], not_authenticated: ["ask", "ended"] };
    if (!steps[type]) return false;
    const [step, notice = null] = steps[type];
    this.#page.show(step, undefined, notice);
    return true;
  }
}
