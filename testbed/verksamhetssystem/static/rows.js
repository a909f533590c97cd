// Table rows that a button adds and takes away; fields are numbered from 1 and named after the row they stand in.
"use strict";
{
  const number = (body) => {
    [...body.rows].forEach((row, index) => {
      for (const control of row.querySelectorAll("[data-label]")) {
        control.setAttribute("aria-label", `${control.dataset.label} ${index + 1}`);
        if (control.name) control.id = `${control.name}-${index + 1}`;
      }
    });
  };
  for (const button of document.querySelectorAll("[data-add]")) {
    const body = document.getElementById(button.dataset.add).tBodies[0];
    const template = document.querySelector(`template[data-for="${button.dataset.add}"]`);
    button.addEventListener("click", () => {
      body.append(template.content.cloneNode(true));
      number(body);
      body.rows[body.rows.length - 1].querySelector("select, input").focus();
    });
    body.addEventListener("click", (event) => {
      if (!event.target.matches("[data-remove]")) return;
      event.target.closest("tr").remove();
      number(body);
    });
  }
}
