// Ask the server to calculate the draft and show what it answers.
"use strict";
{
  const part = (id) => document.getElementById(id);
  const fail = (text) => {
    part("not-calculated").className = text ? "errors" : "";
    part("not-calculated").textContent = text;
  };
  const show = (rows) => {
    part("summary-table").tBodies[0].replaceChildren(
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
    part("summary-table").hidden = false;
    part("calculated").textContent = "Beräkningen är klar.";
  };
  const calculate = async (button) => {
    button.disabled = true;
    part("summary-table").hidden = true;
    part("calculated").textContent = "";
    fail("");
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
  };
  document.addEventListener("click", ({ target }) => target.matches("[data-calculate]") && calculate(target));
}
