/** The list of account deletion requests: its view, its pages, and what to do if it cannot be loaded. */

import { Button } from "../demo/form.js";
import { renderPaging, renderState, renderView } from "./requests-rendering.js";
import { headOf, rowOf } from "./rows.js";
import { CHOICES, furthestPage, lastPage, offsetOf, pathOf, searchOf, viewIn } from "./view.js";

const find = (selector) => document.querySelector(selector);

export class Requests {
  needsSession = true;
  section = find("#requests");
  #page;
  #form = find("#view");
  #view = viewIn("");
  #pendingCall = null; // the only call whose response is still expected
  #list = null; // the deletion requests that are shown, their total number, and where the next page starts
  #error = null;
  #retryButton;
  #retry = () => {};

  constructor(page) {
    this.#page = page;
    const waiting = (texts, time) => texts.waitToTry(time);
    this.#retryButton = new Button(find("#retry"), page, { label: (texts) => texts.retry, waiting });
    find("#retry").addEventListener("click", () => this.#retryButton.isReady && this.#retry());
    this.#form.addEventListener("change", () => this.#choose());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#onClick("#refresh", () => this.#load());
    this.#onClick("#more", () => this.#loadMore());
    this.#onClick("#previous", () => this.#turn(this.#view.page - 1));
    this.#onClick("#next", () => this.#turn(this.#view.page + 1));
    find("#empty button").addEventListener("click", () => this.#showAll());
    addEventListener("popstate", () => !this.section.hidden && this.enter());
  }

  enter() {
    this.#open(viewIn(location.search));
  }

  leave() {
    this.#pendingCall = this.#list = this.#error = null;
    this.#retryButton.stopWaiting();
    find("#list tbody").replaceChildren();
  }

  render() {
    const { language } = this.#page;
    find("#zone").textContent = language.texts.zone(language.zone);
    find("#columns").replaceChildren(...headOf(language));
    const state = { view: this.#view, list: this.#list, error: this.#error, isLoading: this.#pendingCall !== null };
    renderView(this.#form, state, language.texts);
    renderState(state, language);
    this.#retryButton.render();
    renderPaging(state, language);
  }

  /** Calls a listener unless the button is disabled. */
  #onClick(selector, act) {
    const button = find(selector);
    button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && act());
  }

  #choose() {
    const chosen = Object.fromEntries(Object.keys(CHOICES).map((name) => [name, this.#form.elements[name].value]));
    this.#navigate({ ...chosen, page: 1 });
  }

  #showAll() {
    this.#navigate({ ...this.#view, status: "", page: 1 });
    this.#form.elements.status.focus();
  }

  #turn(page) {
    this.#navigate({ ...this.#view, page }, "pushState");
    find("#count").focus();
  }

  /** Opens a view, and lets the page's address name it. */
  #navigate(view, how = "replaceState") {
    history[how](null, "", location.pathname + searchOf(view));
    this.#open(view);
  }

  /** Changes the view; the rows of the old one are removed. */
  #open(view) {
    this.#view = view;
    this.#list = null;
    find("#list tbody").replaceChildren();
    this.#load();
  }

  async #load() {
    const view = this.#view;
    const list = await this.#call(pathOf(view), () => this.#load());
    if (!list) return;
    const last = Math.min(lastPage(view, list.count), furthestPage(view));
    if (view.page > last) return void this.#navigate({ ...view, page: last }); // there were more requests when this address was copied
    this.#list = { ...list, offset: offsetOf(view) };
    find("#list tbody").replaceChildren(...this.#rows(list.requests));
    this.render();
  }

  async #loadMore() {
    const before = this.#list;
    const next = await this.#call(pathOf(this.#view, before.nextCursor), () => this.#loadMore());
    if (!next) return;
    // A request that has changed meanwhile may come again: it is shown once, in its new place.
    const ids = new Set(next.requests.map(({ id }) => id));
    const isCurrent = before.requests.map(({ id }) => !ids.has(id));
    const onlyCurrent = (each) => each.filter((_, index) => isCurrent[index]);
    const body = find("#list tbody");
    body.replaceChildren(...onlyCurrent([...body.rows]), ...this.#rows(next.requests));
    this.#list = { ...next, offset: 0, requests: [...onlyCurrent(before.requests), ...next.requests] };
    const wasAtMore = document.activeElement === find("#more");
    this.render();
    if (wasAtMore && find("#more").hidden) find("#count").focus();
  }

  /** The response, or null if it must not be shown: it was an error, or there is a newer call. `retry` repeats the call. */
  async #call(path, retry) {
    const call = (this.#pendingCall = {});
    const wasAtRetry = document.activeElement === find("#retry");
    this.#error = null;
    this.#retryButton.stopWaiting();
    this.render();
    if (wasAtRetry) find("#count").focus();
    try {
      const response = await this.#page.auth.call(path, { method: "GET", bearer: true });
      if (this.#pendingCall !== call) return null;
      this.#pendingCall = null;
      return response;
    } catch (error) {
      if (this.#pendingCall === call) this.#handleError(error, retry);
      return null;
    }
  }

  #handleError(error, retry) {
    this.#pendingCall = null;
    const { type, retryAfterSeconds } = error;
    if (type === "not_allowed") return this.#page.show("denied");
    if (type === "reauthentication_required") return this.#page.show("ask", undefined, "reauthenticate");
    if (type === "not_authenticated") return this.#page.show("ask", undefined, "ended");
    this.#error = error;
    this.#retry = type === "bad_request" ? () => this.#load() : retry; // the cursor may have expired
    if (retryAfterSeconds) this.#retryButton.waitUntil(new Date(Date.now() + retryAfterSeconds * 1000));
    this.render();
  }

  #rows(requests) {
    return requests.map((each) => rowOf(each, this.#page.language));
  }
}
