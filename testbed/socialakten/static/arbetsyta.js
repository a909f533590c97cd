// The work area: which view is shown follows from the hash.
import { fraga, h, knapp } from "./bas.js";
import "./falt.js";
import { berakning } from "./berakning.js";
import { beslut } from "./beslut.js";
import { anteckning, lasPost } from "./anteckning.js";

const yta = document.getElementById("yta");
export const rubrik = (text) => h("div", { class: "rubrik", role: "heading", "aria-level": 1 }, text);
export const visa = (...delar) => yta.replaceChildren(...delar);

// Told once, in the view that comes after a save; gone again after a while, as such messages are.
let attSaga = "";
export const sagSedan = (text) => (attSaga = text);
const sag = () => {
  if (!attSaga) return;
  document.querySelectorAll(".rostat").forEach((el) => el.remove());
  const rostat = h("div", { class: "rostat", role: "status" }, attSaga);
  attSaga = "";
  document.body.append(rostat);
  setTimeout(() => rostat.remove(), 6000);
};

export const band = (akt) =>
  h("div", { class: "bandet", role: "region", "aria-label": "Akten gäller" }, `Akten gäller ${akt.person.namn}, ${akt.personnummer}, akt ${akt.number}`);

const sok = () => {
  const falt = h("sa-falt", { etikett: "Personnummer, 12 siffror", namn: "personnummer" });
  const traffar = h("div");
  const hamta = async () => {
    const akter = await fraga("GET", `/personer/${encodeURIComponent(falt.value.replace(/\D/g, ""))}`);
    if (!akter.length) return traffar.replaceChildren(h("p", { role: "status" }, "Personen har ingen akt."));
    const rader = akter.map((akt) =>
      h("tr", {}, h("td", {}, akt.number), h("td", {}, akt.kind), h("td", {}, akt.status), h("td", {}, knapp("Öppna", () => (location.hash = `#/akt/${akt.number}`)))),
    );
    traffar.replaceChildren(
      h("div", { class: "under", id: "akter" }, "Akter"),
      h("table", { "aria-labelledby": "akter" }, h("tbody", {}, h("tr", {}, ...["Aktnummer", "Typ", "Läge", ""].map((text) => h("th", {}, text))), ...rader)),
    );
  };
  visa(rubrik("Sök akt"), falt, knapp("Hämta", hamta, "fram"), traffar);
};

const plan = (...rader) => h("table", { class: "plan" }, h("tbody", {}, ...rader.map(([etikett, ...varde]) => h("tr", {}, h("td", {}, etikett), h("td", {}, ...varde)))));

const INNEHALL = {
  berakning: ({ summor }) => summor.Slutsumma,
  beslut: ({ utfall, belopp }) => `${utfall}, ${belopp}`,
  anteckning: (post) => post.rubrik,
};
const SLAG = { berakning: "Beräkningar", beslut: "Beslut", anteckning: "Anteckningar" };

const akten = async (nummer, flik = "berakning") => {
  const akt = await fraga("GET", `/akter/${nummer}`);
  const flikar = Object.entries(SLAG).map(([slag, text]) =>
    h("div", { class: "knapp", role: "tab", "aria-selected": slag === flik, tabindex: 0, onclick: () => (location.hash = `#/akt/${nummer}/${slag}`) }, text),
  );
  const poster = akt.records.filter((post) => post.kind === flik).reverse();
  const huvud = h("div", { role: "row" }, ...["Nummer", "Månad", "Innehåll", "Skriven av", ""].map((text) => h("div", { role: "columnheader" }, text)));
  const rader = poster.map((post) =>
    h("div", { role: "row" }, ...[post.number, post.month, INNEHALL[post.kind](post.content), post.by].map((text) => h("div", { role: "cell" }, text)), h("div", { role: "cell" }, knapp("Visa", () => (location.hash = `#/akt/${nummer}/post/${post.number}`)))),
  );
  visa(
    band(akt),
    rubrik(`Akt ${nummer}`),
    plan(["Namn", akt.person.namn], ["Personnummer", akt.personnummer], ["Adress", akt.person.adress], ["Aktens läge", akt.status]),
    knapp("Skapa beräkning", () => (location.hash = `#/akt/${nummer}/ny/berakning`), "fram"),
    knapp("Fatta beslut", () => beslut(akt)),
    knapp("Skriv anteckning", () => (location.hash = `#/akt/${nummer}/ny/anteckning`)),
    h("div", { class: "flikar", role: "tablist", "aria-label": "Aktens delar" }, ...flikar),
    h("div", { role: "table", "aria-label": SLAG[flik] }, huvud, ...rader),
  );
  sag();
};

const gaTill = async () => {
  const [, forsta, nummer, vad, mer] = location.hash.split("/").map(decodeURIComponent);
  document.querySelectorAll(".slojan").forEach((el) => el.remove());
  try {
    if (forsta === "akt" && vad === "ny") await { berakning, anteckning }[mer](await fraga("GET", `/akter/${nummer}`));
    else if (forsta === "akt" && vad === "post") await lasPost(await fraga("GET", `/akter/${nummer}`), mer), sag();
    else if (forsta === "akt") await akten(nummer, vad);
    else if (forsta === "hjalp") visa(rubrik("Hjälp"), h("p", {}, "Kontakta systemförvaltningen."));
    else sok();
  } catch (nekad) {
    fela(nekad);
  }
};

export const fela = (nekad) => {
  if (nekad.status === 401) return parent.postMessage("utloggad", location.origin);
  document.querySelectorAll("[data-fel]").forEach((el) => el.remove());
  const plats = document.querySelector(".ruta") ?? yta;
  plats.prepend(h("p", { class: "fel", role: "alert", "data-fel": "" }, nekad.message || "Ett tekniskt fel uppstod."));
};

window.addEventListener("unhandledrejection", (event) => fela(event.reason));
window.addEventListener("hashchange", gaTill);
gaTill();
