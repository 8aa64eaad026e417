/** The inbox: asks twice a second what was sent, and shows the newest. */

const POLL_MS = 500;
const SHOWN = 100;
const to = document.querySelector("#to"), list = document.querySelector("#messages"), state = document.querySelector("#state");
const empty = document.querySelector("#empty"), template = document.querySelector("#message");
let known = null, timer = 0, requests = 0;

const keyOf = (message) => JSON.stringify(message);

function card(message, isNew) {
  const item = template.content.cloneNode(true).firstElementChild;
  const put = (selector, text) => {
    const element = item.querySelector(selector);
    element.textContent = text ?? "";
    element.hidden = !text;
    return element;
  };
  put(".channel", message.channel).classList.add(message.channel);
  put(".to", message.to);
  put(".subject", message.subject);
  put("pre", message.body);
  const time = put("time", new Date(message.sent_at).toLocaleTimeString());
  time.dateTime = message.sent_at;
  time.title = `${message.sent_at} by ${message.provider}`;
  put("output", message.code);
  item.querySelector(".code").hidden = !message.code;
  const button = item.querySelector("button");
  button.title = `Copy code ${message.code ?? ""}`;
  button.addEventListener("click", () => copy(message.code, button));
  item.classList.toggle("new", isNew);
  return item;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

function show(messages) {
  empty.hidden = messages.length > 0;
  empty.textContent = to.value.trim() ? "Nothing was sent to this address." : "Nothing sent yet. Ask for a code, and it appears here.";
  const fresh = messages.filter((each) => !known?.has(keyOf(each))).map((each) => card(each, known !== null));
  // Cards that stay are not touched: one of their buttons may have the focus.
  if (known) list.prepend(...fresh); else list.replaceChildren(...fresh);
  while (list.children.length > messages.length) list.lastElementChild.remove();
  known = new Set(messages.map(keyOf));
}

function counted(count) {
  if (count === 0) return "";
  if (count === SHOWN) return `The newest ${SHOWN} messages`;
  return count === 1 ? "1 message" : `${count} messages`;
}

function say(text, lost) {
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("lost", lost);
}

async function poll() {
  clearTimeout(timer);
  const mine = ++requests;
  try {
    const answer = await fetch(`/_local/messages?${new URLSearchParams({ to: to.value, limit: SHOWN })}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const messages = await answer.json();
    if (mine !== requests) return;
    show(messages);
    say(counted(messages.length), false);
  } catch {
    if (mine !== requests) return;
    say("The local stack does not answer. Trying again…", true);
  }
  timer = setTimeout(poll, document.hidden ? 10 * POLL_MS : POLL_MS);
}

to.addEventListener("input", () => { known = null; poll(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
poll();
