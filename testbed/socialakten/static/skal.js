// The shell: login in two steps, the menu, and the frame in which the work is done.
import { fraga, h, knapp } from "./bas.js";
import "./falt.js";

const skal = document.getElementById("skal");
const vem = document.getElementById("vem");

const inloggning = (text = "") => {
  vem.textContent = "";
  const anvandare = h("sa-falt", { etikett: "Användar-id", namn: "anvandare" });
  const fel = h("p", { class: "fel", role: "alert" }, text);
  const nasta = () => {
    if (!anvandare.value) return (fel.textContent = "Skriv ditt användar-id.");
    const losenord = h("sa-falt", { etikett: "Lösenord", namn: "losenord", slag: "hemligt" });
    const oppna = async () => {
      try {
        await fraga("POST", "/session", { anvandare: anvandare.value, losenord: losenord.value });
        await inne();
      } catch (nekad) {
        inloggning(nekad.message);
      }
    };
    visa("Skriv lösenord", losenord, fel, knapp("Öppna", oppna, "fram"));
    fel.textContent = "";
  };
  const visa = (rubrik, ...delar) =>
    skal.replaceChildren(h("div", { class: "inlogg" }, h("div", { class: "rubrik", role: "heading", "aria-level": 1 }, rubrik), ...delar));
  visa("Logga in i Socialakten", anvandare, fel, knapp("Fortsätt", nasta, "fram"));
};

const inne = async () => {
  try {
    const jag = await fraga("GET", "/session");
    vem.textContent = `Du arbetar som ${jag.anvandare}`;
  } catch {
    return inloggning();
  }
  const ram = h("iframe", { src: "/static/arbetsyta.html", title: "Arbetsyta" });
  const val = (text, mal) => h("div", { class: "val", role: "menuitem", tabindex: 0, onclick: () => (ram.contentWindow.location.hash = mal) }, text);
  skal.replaceChildren(h("div", { class: "meny", role: "menu", "aria-label": "Huvudmeny" }, val("Sök akt", "#/sok"), val("Hjälp", "#/hjalp")), ram);
};

window.addEventListener("message", (event) => {
  if (event.origin === location.origin && event.data === "utloggad") inloggning("Du har loggats ut efter en tids overksamhet.");
});
inne();
