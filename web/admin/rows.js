/** The rows of the table. Whatever customers wrote is inserted as text. */

const KNOWN = new Set(["pending", "confirmed", "cancelled", "completed"]);
const LONG_LETTERS = 160;
const LONG_LINES = 4;
const RECEIPT_MS = 60_000; // enough for the browser to save the file
const COLUMNS = ["id", "status", "customer", "reason", "asked", "due", "changed", "ended", "receipt"];

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

export function headOf({ texts }) {
  return COLUMNS.map((name) => element("th", texts.columns[name], { scope: "col", role: "columnheader" }));
}

/** One request; in a narrow window it is a card whose cells have labels. */
export function rowOf(request, language) {
  const { texts } = language;
  const { id, customerId, status, reason, createdAt, deletionScheduledAt, updatedAt } = request;
  const badge = element("span", texts.statuses[status] ?? status, { class: `badge ${KNOWN.has(status) ? status : ""}` });
  const cells = {
    id: [element("code", id)],
    status: [badge],
    customer: [element("code", customerId)],
    reason: reason ? reasonOf(reason, texts) : [element("span", texts.noReason, { class: "quiet-text" })],
    asked: [momentOf(createdAt, language)],
    due: [momentOf(deletionScheduledAt, language)],
    changed: [momentOf(updatedAt, language)],
    ended: endOf(request, language),
    receipt: [receiptOf(request, texts)],
  };
  const row = element("tr", "", { role: "row" });
  row.append(...COLUMNS.map((name) => cellOf(name, cells[name], texts)));
  return row;
}

function cellOf(name, content, texts) {
  const isHead = name === "id";
  const kind = isHead ? { role: "rowheader", scope: "row" } : { role: "cell" };
  const cell = element(isHead ? "th" : "td", "", { ...kind, class: name, "data-label": texts.columns[name] });
  const value = element("div");
  value.append(...content);
  cell.append(value);
  return cell;
}

/** The customer's reason; the end of a long one is hidden until the operator opens it. */
function reasonOf(reason, texts) {
  const text = element("p", reason, { dir: "auto", class: "reason" });
  if (reason.length <= LONG_LETTERS && reason.split("\n").length <= LONG_LINES) return [text];
  const button = element("button", texts.showWhole, { type: "button", class: "link", "aria-expanded": "false" });
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
  return element("time", language.localMoment(moment), { datetime: moment, dir: "auto", lang: language.momentsTag });
}

function endOf({ cancelledAt, completedAt }, language) {
  const { texts } = language;
  const ends = [[texts.cancelledAt, cancelledAt], [texts.completedAt, completedAt]].filter(([, moment]) => moment);
  if (ends.length === 0) return [nothing(texts)];
  return ends.flatMap(([label, moment]) => [element("span", label, { class: "quiet-text line" }), momentOf(moment, language)]);
}

function receiptOf({ id, receipt }, texts) {
  if (!receipt) return nothing(texts);
  const button = element("button", texts.download, { type: "button", class: "link", "aria-label": texts.downloadOf(id) });
  button.addEventListener("click", () => save(`${id}.receipt.jws`, receipt));
  return button;
}

const nothing = (texts) => element("span", texts.nothing, { class: "quiet-text nothing" });

function save(name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: "application/jose" }));
  element("a", "", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), RECEIPT_MS);
}
