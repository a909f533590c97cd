// Table rows that a button adds and takes away; fields are numbered from 1 and named after the row they stand in.
// All scripts listen on the document from the head, so that no click comes before its listener.
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
  const add = (table) => {
    const body = document.getElementById(table).tBodies[0];
    body.append(document.querySelector(`template[data-for="${table}"]`).content.cloneNode(true));
    number(body);
    body.rows[body.rows.length - 1].querySelector("select, input").focus();
  };
  const remove = (row) => {
    const body = row.parentElement;
    row.remove();
    number(body);
  };
  document.addEventListener("click", ({ target }) => {
    if (target.matches("[data-add]")) add(target.dataset.add);
    else if (target.matches("[data-remove]")) remove(target.closest("tr"));
  });
}
