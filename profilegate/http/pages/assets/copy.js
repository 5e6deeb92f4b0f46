// A button copies the command; the address in it becomes the one under which the page is seen.
for (const block of document.querySelectorAll("pre.copy")) {
  const base = document.querySelector("header .name").href.replace(/\/$/, "");
  const code = block.querySelector("code");
  code.textContent = code.textContent.trim().replaceAll(block.dataset.base, base);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet copy-button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy the ${block.getAttribute("aria-label").toLowerCase()}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      // Without https the clipboard is closed to pages: leave the text selected instead.
      getSelection().selectAllChildren(code);
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  block.previousElementSibling.append(button);
}
