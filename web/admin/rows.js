/** The rows of the table. Whatever customers wrote is inserted as text. */

import { element, saveFile } from "../demo/elements.js";

const STATUSES = new Set(["pending", "confirmed", "cancelled", "completed"]);
const CUT_CHARACTERS = 160;
const CUT_LINES = 4;
const COLUMNS = ["id", "status", "customer", "reason", "created", "due", "changed", "ended", "receipt"];

export function headOf({ texts }) {
  return COLUMNS.map((name) => element("th", { scope: "col", role: "columnheader" }, texts.columns[name]));
}

/** One request; in a narrow window it is a card whose cells have labels. */
export function rowOf(request, language) {
  const { texts } = language;
  const { id, customerId, status, reason, createdAt, deletionScheduledAt, updatedAt } = request;
  const badge = element("span", { class: `badge ${STATUSES.has(status) ? status : ""}` }, texts.statuses[status] ?? status);
  const cells = {
    id: [element("code", {}, id)],
    status: [badge],
    customer: [element("code", {}, customerId)],
    reason: reason ? reasonOf(reason, texts) : [element("span", { class: "quiet-text" }, texts.noReason)],
    created: [momentOf(createdAt, language)],
    due: [momentOf(deletionScheduledAt, language)],
    changed: [momentOf(updatedAt, language)],
    ended: endOf(request, language),
    receipt: [receiptOf(request, texts)],
  };
  return element("tr", { role: "row" }, ...COLUMNS.map((name) => cellOf(name, cells[name], texts)));
}

function cellOf(name, content, texts) {
  const isHead = name === "id";
  const kind = isHead ? { role: "rowheader", scope: "row" } : { role: "cell" };
  const attributes = { ...kind, class: name, "data-label": texts.columns[name] };
  return element(isHead ? "th" : "td", attributes, element("div", {}, ...content));
}

/** The customer's reason; the end of a long one is hidden until the operator opens it. */
function reasonOf(reason, texts) {
  const text = element("p", { dir: "auto", class: "reason" }, reason);
  if (reason.length <= CUT_CHARACTERS && reason.split("\n").length <= CUT_LINES) return [text];
  const button = element("button", { type: "button", class: "link", "aria-expanded": "false" }, texts.showWhole);
  text.classList.add("cut");
  button.addEventListener("click", () => {
    const isCut = text.classList.toggle("cut");
    button.textContent = isCut ? texts.showWhole : texts.showLess;
    button.setAttribute("aria-expanded", String(!isCut));
  });
  return [text, button];
}

function momentOf(moment, language) {
  if (!moment) return nothing(language.texts);
  return element("time", { datetime: moment, dir: "auto", lang: language.momentsTag }, language.localMoment(moment));
}

function endOf({ cancelledAt, completedAt }, language) {
  const { texts } = language;
  const ends = [[texts.cancelledAt, cancelledAt], [texts.completedAt, completedAt]].filter(([, moment]) => moment);
  if (ends.length === 0) return [nothing(texts)];
  return ends.flatMap(([label, moment]) => [element("span", { class: "quiet-text line" }, label), momentOf(moment, language)]);
}

function receiptOf({ id, receipt }, texts) {
  if (!receipt) return nothing(texts);
  const button = element("button", { type: "button", class: "link", "aria-label": texts.downloadOf(id) }, texts.download);
  button.addEventListener("click", () => saveFile(`${id}.receipt.jws`, receipt, "application/jose"));
  return button;
}

const nothing = (texts) => element("span", { class: "quiet-text nothing" }, texts.nothing);
