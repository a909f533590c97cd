// Ask before a form is saved: the button opens the dialog, the dialog's own button posts the form.
"use strict";
document.addEventListener("click", ({ target }) => {
  if (target.matches("[data-ask]")) target.form.querySelector("[data-confirm]").showModal();
  else if (target.matches("[data-cancel]")) target.closest("[data-confirm]").close();
});
document.addEventListener("keydown", (event) => {
  const asks = event.target.form?.querySelector("[data-confirm]");
  if (event.key === "Enter" && asks && event.target.matches("input, select")) event.preventDefault();
});
