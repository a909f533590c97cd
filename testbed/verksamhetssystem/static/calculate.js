// Ask the server to calculate the draft and show what it answers.
"use strict";
{
  const button = document.querySelector("[data-calculate]");
  const table = document.getElementById("summary-table");
  const done = document.getElementById("calculated");
  const failed = document.getElementById("not-calculated");
  const fail = (text) => {
    failed.className = "errors";
    failed.textContent = text;
  };
  const show = (rows) => {
    table.tBodies[0].replaceChildren(
      ...rows.map(({ label, amount }) => {
        const row = document.createElement("tr");
        const head = document.createElement("th");
        head.scope = "row";
        head.textContent = label;
        const cell = document.createElement("td");
        cell.className = "amount";
        cell.textContent = amount;
        row.append(head, cell);
        return row;
      }),
    );
    table.hidden = false;
    done.textContent = "Beräkningen är klar.";
  };
  button.addEventListener("click", async () => {
    button.disabled = true;
    table.hidden = true;
    done.textContent = "";
    failed.textContent = "";
    failed.className = "";
    try {
      const answer = await fetch(button.dataset.calculate, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRF-Token": button.form.elements.csrf.value },
      });
      const isJson = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
      const data = isJson ? await answer.json() : {};
      if (answer.ok && isJson) show(data);
      else fail(data.error ?? "Beräkningen kunde inte göras. Försök igen.");
    } catch {
      fail("Systemet svarar inte. Försök igen.");
    } finally {
      button.disabled = false;
    }
  });
}
