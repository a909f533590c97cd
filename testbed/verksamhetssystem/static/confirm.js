// Ask before a form is saved: the button opens the dialog, the dialog's own button posts the form.
"use strict";
for (const dialog of document.querySelectorAll("[data-confirm]")) {
  const form = dialog.closest("form");
  form.querySelector("[data-ask]").addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  form.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (event.key === "Enter" && typing) event.preventDefault();
  });
}
