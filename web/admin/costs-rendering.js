/** How a month's costs look. A figure that the service does not know is a dash, and so is the sum that would contain it. */

import { element } from "../demo/elements.js";

const SVG = "http://www.w3.org/2000/svg";
const COUNTS = ["asked", "sent", "delivered", "verified"];
const MONTHS = 13;
const [WIDTH, LABEL_WIDTH, BAR_HEIGHT, ROW_HEIGHT] = [640, 130, 14, 26];

/** The present month and those before it, in UTC, like "2026-11". */
export function lastMonths(now) {
  const dates = Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)));
  return dates.map((date) => date.toISOString().slice(0, 7));
}

/** The head, the rows and the sums. */
export function rowsOf(rows, language) {
  const { texts } = language;
  const head = [texts.region, texts.sender, ...texts.counts, texts.usd, texts.usdPerVerified];
  return [
    element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows.map((row) => rowOf([nameOf(row, texts), row.sender], row, language))),
    element("tfoot", {}, rowOf([texts.together, ""], sumOf(rows), language)),
  ];
}

function rowOf([region, sender], figures, language) {
  const money = [figures.usd, figures.usdPerVerified].map((usd) => moneyOf(usd, language.texts));
  const cells = [sender, ...COUNTS.map((name) => language.number(figures[name])), ...money];
  return element("tr", {}, element("th", { scope: "row" }, region), ...cells.map((text) => element("td", {}, text)));
}

export function sumOf(rows) {
  const sums = Object.fromEntries(COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]));
  const usd = rows.some((row) => row.usd === null) ? null : rows.reduce((sum, row) => sum + row.usd, 0);
  return { ...sums, usd, usdPerVerified: usd === null || !sums.verified ? null : usd / sums.verified };
}

const moneyOf = (usd, texts) => (usd === null ? texts.nothing : usd.toFixed(4));
const nameOf = ({ region }, texts) => region || texts.email;

/** One bar of messages sent for each row, and on it one of codes used; the table has the same figures in words. */
export function chartOf(rows, { texts }) {
  const most = Math.max(1, ...rows.map(({ sent, verified }) => Math.max(sent, verified)));
  const lengthOf = (count) => ((WIDTH - LABEL_WIDTH) * count) / most;
  const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${ROW_HEIGHT * rows.length}`, role: "img", "aria-label": texts.chart });
  rows.forEach((row, nth) => {
    const y = nth * ROW_HEIGHT;
    const label = svg("text", { x: 0, y: y + BAR_HEIGHT });
    label.textContent = `${nameOf(row, texts)} · ${row.sender}`;
    const bar = (name) => svg("rect", { class: name, x: LABEL_WIDTH, y: y + 2, width: lengthOf(row[name]), height: BAR_HEIGHT });
    chart.append(label, bar("sent"), bar("verified"));
  });
  return [chart, element("p", { class: "hint" }, texts.chart)];
}

function svg(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  return node;
}
