/** Elements that scripts create. Text goes in as text: nothing in it becomes markup. */

const FILE_LIFETIME_MS = 60_000; // the browser has saved the file by then

/** An element with attributes and content, which is strings and other elements. */
export function element(name, attributes = {}, ...content) {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  node.append(...content);
  return node;
}

/** Lets the browser save a text as a file. */
export function saveFile(name, text, type) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), FILE_LIFETIME_MS);
}
