// Suggestions under a text field, asked of the server as one types; a click, or arrow down and Enter, takes one.
"use strict";
{
  let asked = 0;
  const listOf = (input) => input.parentElement.querySelector("[role=listbox]");
  const close = (input) => {
    listOf(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  const take = (input, option) => {
    input.value = option.textContent;
    close(input);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const suggest = async (input) => {
    const turn = ++asked;
    const answer = await fetch(`${input.dataset.suggestions}?text=${encodeURIComponent(input.value)}`, {
      headers: { Accept: "application/json" },
    });
    if (!answer.ok || turn !== asked || document.activeElement !== input) return;
    const names = await answer.json();
    listOf(input).replaceChildren(
      ...names.map((name) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = name;
        return option;
      }),
    );
    listOf(input).hidden = names.length === 0;
    input.setAttribute("aria-expanded", String(names.length > 0));
  };
  const move = (input, step) => {
    const options = [...listOf(input).children];
    if (options.length === 0) return;
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = (now + step + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
  };
  const isField = (target) => target.matches?.("[data-suggestions]");
  document.addEventListener("input", (event) => isField(event.target) && suggest(event.target));
  document.addEventListener("focusout", (event) => isField(event.target) && close(event.target));
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.("[role=option]");
    if (!option) return;
    event.preventDefault();
    take(option.closest(".autocomplete").querySelector("input"), option);
  });
  document.addEventListener("keydown", (event) => {
    if (!isField(event.target) || listOf(event.target).hidden) return;
    if (event.key === "ArrowDown") move(event.target, 1);
    else if (event.key === "ArrowUp") move(event.target, -1);
    else if (event.key === "Escape") close(event.target);
    else if (event.key === "Enter") {
      const chosen = listOf(event.target).querySelector("[aria-selected=true]");
      if (chosen) take(event.target, chosen);
    } else return;
    event.preventDefault();
  });
}
