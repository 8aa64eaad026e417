/** How the list of account deletion requests looks in each of its states: the chosen view, the number of requests, errors, and pages. */

import { textOf } from "../demo/form.js";
import { CHOICES, furthestPage, lastPage } from "./view.js";

const find = (selector) => document.querySelector(selector);

/** The form with the view: its options in the page's words, and those that are chosen. */
export function renderView(form, { view, isLoading }, texts) {
  const labels = {
    status: texts.statuses,
    order: texts.orders,
    direction: Object.fromEntries(CHOICES.direction.map((each) => [each, texts.directions[each][view.order]])),
    rows: {},
    paging: texts.pagings,
  };
  for (const [name, choices] of Object.entries(CHOICES)) {
    const select = form.elements[name];
    const known = [...select.options];
    choices.forEach((value, index) => {
      if (!known[index]) select.add(new Option("", value));
      select.options[index].textContent = labels[name][value] ?? value;
    });
    select.value = view[name];
  }
  setEnabled(find("#refresh"), !isLoading, texts.refresh);
}

/** What is shown around the rows: that they are loading, that there are none, or an error. */
export function renderState({ view, list, error, isLoading }, language) {
  const { texts } = language;
  const hasRows = Boolean(list?.requests.length);
  const isEmpty = list?.requests.length === 0;
  find("#list").setAttribute("aria-busy", String(isLoading));
  find("#list").hidden = Boolean(error && !list);
  find("#list table").hidden = !hasRows;
  find("#skeleton").hidden = !isLoading || hasRows;
  find("#empty").hidden = isLoading || !isEmpty;
  find("#empty p").textContent = view.status ? texts.noneOfThese : texts.noneYet;
  find("#empty button").hidden = !view.status;
  find("#failure").hidden = !error;
  setText(find("#failure-text"), error ? textOf(error, texts) : "");
  setText(find("#count"), isLoading ? texts.loading : rangeOf(view, list, language));
}

/** How many requests are shown, of how many. */
function rangeOf(view, list, language) {
  if (!list) return "";
  const { requests, count, offset } = list;
  if (requests.length === 0) return language.texts.none[view.status];
  return language.texts.range(...[offset + 1, offset + requests.length, count].map((each) => language.number(each)));
}

/** The button that loads more, or the pages. */
export function renderPaging({ view, list, isLoading }, language) {
  const { texts } = language;
  const { paging, page } = view;
  const [last, furthest] = [lastPage(view, list?.count ?? 0), furthestPage(view)];
  find("#more").hidden = paging !== "more" || !list?.nextCursor;
  setEnabled(find("#more"), !isLoading, isLoading ? texts.loading : texts.more);
  find("#pages").hidden = paging !== "pages" || last === 1;
  find("#pages").setAttribute("aria-label", texts.pages);
  find("#place").textContent = texts.place(language.number(page), language.number(last));
  setEnabled(find("#previous"), !isLoading && page > 1);
  setEnabled(find("#next"), !isLoading && page < Math.min(last, furthest));
  const isAtReach = paging === "pages" && page === furthest && page < last;
  find("#reach").textContent = isAtReach ? texts.reach(language.number(page * view.rows)) : "";
}

/** Enables or disables a button; either way it keeps the focus, which a truly disabled button would lose. */
function setEnabled(button, isEnabled, text = button.textContent) {
  button.setAttribute("aria-disabled", String(!isEnabled));
  if (button.textContent !== text) button.textContent = text;
}

/** Sets a text only if it has changed, or else it would be announced again. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
