// Gives each long table a field that filters its rows.
const ROWS_MIN = 20;

for (const region of document.querySelectorAll(".scroll")) {
  const rows = [...region.querySelectorAll("tbody tr")];
  if (rows.length < ROWS_MIN) continue;
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("output");
  label.className = "filter";
  input.type = "search";
  count.setAttribute("role", "status");
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !words.every((word) => texts[at].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = `${shown} of ${rows.length} rows`;
  };
  input.addEventListener("input", show);
  label.append("Filter ", input, " ", count);
  region.before(label);
  show();
}
