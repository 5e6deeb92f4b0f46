// Shows new exchanges as they arrive: the gateway says that there are some, and the list is fetched anew.
const list = document.getElementById("exchanges");

async function refresh() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...page.getElementById("exchanges").childNodes);
  if (focused) list.querySelector(`[href="${focused}"]`)?.focus();
}

if (list.dataset.events) {
  const events = new EventSource(list.dataset.events);
  events.addEventListener("changed", refresh);
  addEventListener("pagehide", () => events.close());
}
