// A calendar of one month under a date field; the field can always be typed in directly.
"use strict";
{
  const months = ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"];
  const two = (value) => String(value).padStart(2, "0");
  const button = (text, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };
  const draw = (calendar, input, year, month) => {
    const head = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = `${months[month]} ${year}`;
    const show = (step) => draw(calendar, input, new Date(year, month + step, 1).getFullYear(), (month + step + 12) % 12);
    head.append(button("‹", "Föregående månad", () => show(-1)), title, button("›", "Nästa månad", () => show(1)));
    const days = document.createElement("div");
    days.className = "days";
    const first = (new Date(year, month, 1).getDay() + 6) % 7;
    for (let empty = 0; empty < first; empty++) days.append(document.createElement("span"));
    for (let day = 1; day <= new Date(year, month + 1, 0).getDate(); day++) {
      const text = `${year}-${two(month + 1)}-${two(day)}`;
      days.append(button(day, text, () => {
        input.value = text;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        calendar.remove();
        input.focus();
      }));
    }
    calendar.replaceChildren(head, days);
  };
  const open = (opener) => {
    const input = document.getElementById(opener.dataset.pick);
    const calendar = document.createElement("div");
    calendar.className = "calendar";
    calendar.setAttribute("role", "group");
    calendar.setAttribute("aria-label", "Kalender");
    const typed = /^(\d{4})-(\d{2})-\d{2}$/.exec(input.value);
    const now = new Date();
    draw(calendar, input, typed ? Number(typed[1]) : now.getFullYear(), typed ? Number(typed[2]) - 1 : now.getMonth());
    opener.after(calendar);
  };
  document.addEventListener("click", ({ target }) => {
    if (!target.matches("[data-pick]")) return;
    const shown = target.parentElement.querySelector(".calendar");
    if (shown) shown.remove();
    else open(target);
  });
}
