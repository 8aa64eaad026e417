/** The view of the requests. It is part of the page's address, so that reloads and links keep it. */

const PATH = "/admin/account-deletion-requests";
const FURTHEST_OFFSET = 10_000; // the service's

/** The options; the first of each is the default. */
export const CHOICES = {
  status: ["", "pending", "confirmed", "cancelled", "completed"],
  order: ["created_at", "updated_at", "customer_id"],
  direction: ["DESC", "ASC"],
  rows: ["20", "50", "100"],
  paging: ["more", "pages"],
};

/** The view that a query describes; invalid values are ignored. */
export function viewIn(search) {
  const query = new URLSearchParams(search);
  const pick = ([name, choices]) => [name, choices.includes(query.get(name)) ? query.get(name) : choices[0]];
  const view = Object.fromEntries(Object.entries(CHOICES).map(pick));
  const page = /^[1-9]\d{0,4}$/.test(query.get("page")) ? Number(query.get("page")) : 1;
  return { ...view, page: view.paging === "pages" ? Math.min(page, furthestPage(view)) : 1 };
}

/** The shortest query that describes a view. */
export function searchOf(view) {
  const chosen = Object.keys(CHOICES).filter((name) => view[name] !== CHOICES[name][0]);
  const query = new URLSearchParams(chosen.map((name) => [name, view[name]]));
  if (view.page > 1) query.set("page", view.page);
  return query.size ? `?${query}` : "";
}

/** The service's path for the view's requests: from `cursor` on, or for the view's page. */
export function pathOf(view, cursor = null) {
  const query = new URLSearchParams({ limit: view.rows, order: view.order, order_direction: view.direction });
  if (view.status) query.set("status", view.status);
  if (cursor) query.set("cursor", cursor);
  else query.set("offset", offsetOf(view));
  return `${PATH}?${query}`;
}

export const offsetOf = ({ page, rows }) => (page - 1) * rows;

/** The last page that the service's offset can reach, however many requests there are. */
export const furthestPage = ({ rows }) => Math.floor(FURTHEST_OFFSET / rows) + 1;

/** The last page, even if the offset cannot reach it. */
export const lastPage = ({ rows }, count) => Math.max(1, Math.ceil(count / rows));
