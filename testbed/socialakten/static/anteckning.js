// A note on a page of layout tables, where the text to the left is the label; and a record as it is read afterwards.
import { fraga, h, knapp } from "./bas.js";
import { band, fela, rubrik, sagSedan, visa } from "./arbetsyta.js";

export const anteckning = (akt) => {
  const titel = h("input", { type: "text", name: "rubrik" });
  const text = h("textarea", { name: "text" });
  const spara = async () => {
    try {
      const { nummer } = await fraga("POST", `/akter/${akt.number}/anteckning`, { rubrik: titel.value, text: text.value, version: akt.version });
      sagSedan(`Anteckningen är sparad och har nummer ${nummer}`);
      location.hash = `#/akt/${akt.number}/post/${nummer}`;
    } catch (nekad) {
      fela(nekad);
    }
  };
  const rad = (etikett, falt) => h("tr", {}, h("td", {}, etikett), h("td", {}, falt));
  visa(band(akt), rubrik("Skriv anteckning"), h("table", { class: "plan" }, h("tbody", {}, rad("Ämne:", titel), rad("Text:", text), rad("", knapp("Spara anteckningen", spara, "fram")))));
};

const ORD = {
  fran: "Räknas från", till: "Räknas till och med", storlek: "Hushållets storlek", gemensamt: "Gemensam del per månad",
  avdrag_sokande: "Avdrag för arbete, sökande", avdrag_sambo: "Avdrag för arbete, sambo", utfall: "Utfall", beslutsdag: "Dag för beslutet",
  belopp: "Beviljat belopp", orsak: "Skäl till behovet", beslutsfattare: "Beslutsfattare", motivering: "Motivering", rubrik: "Ämne", text: "Text",
};
const TABELLER = {
  normrader: ["Personer i normen", { namn: "Namn", normgrupp: "Normgrupp", belopp: "Belopp per månad", dagar: "Dagar" }],
  inkomster: ["Inkomstposter", { slag: "Slag", sokande: "Sökande", sambo: "Sambo" }],
  utgifter: ["Utgiftsposter", { slag: "Slag", sokt: "Sökt", beviljat: "Beviljat" }],
  extra: ["Extra poster", { slag: "Slag", sokt: "Sökt", beviljat: "Beviljat" }],
};
const TITEL = { berakning: "Beräkning", beslut: "Beslut", anteckning: "Anteckning" };
const text = (varde) => (varde === true ? "Ja" : varde === false ? "Nej" : varde);

export const lasPost = (akt, nummer) => {
  const post = akt.records.find((en) => en.number === nummer);
  const rader = Object.entries(post.content)
    .filter(([namn, varde]) => ORD[namn] && typeof varde !== "object")
    .map(([namn, varde]) => [post.kind === "beslut" && namn === "fran" ? "Gäller från" : post.kind === "beslut" && namn === "till" ? "Gäller till och med" : ORD[namn], text(varde)]);
  rader.push(["Nummer", nummer], ["Månad", post.month], ...Object.entries(post.content.summor ?? {}));
  const tabeller = Object.entries(TABELLER).filter(([namn]) => post.content[namn]?.length).map(([namn, [titel, kolumner]]) =>
    h("div", { role: "table", "aria-label": titel },
      h("div", { role: "row" }, ...Object.values(kolumner).map((ord) => h("div", { role: "columnheader" }, ord))),
      ...post.content[namn].map((rad) => h("div", { role: "row" }, ...Object.keys(kolumner).map((falt) => h("div", { role: "cell" }, rad[falt] ?? ""))))),
  );
  visa(
    band(akt),
    rubrik(`${TITEL[post.kind]} ${nummer}`),
    h("table", { class: "plan" }, h("tbody", {}, ...rader.map(([etikett, varde]) => h("tr", {}, h("td", {}, etikett), h("td", {}, varde))))),
    ...tabeller,
    knapp("Till akten", () => (location.hash = `#/akt/${akt.number}/${post.kind}`)),
  );
};
