// A new calculation: fields, rows of three kinds, the system's own sums, save.
import { fraga, h, knapp } from "./bas.js";
import { band, fela, rubrik, sagSedan, visa } from "./arbetsyta.js";

const falt = (etikett, namn, slag = "text", mer = {}) => h("sa-falt", { etikett, namn, slag, ...mer });

const rader = (namn, titel, lagg, kolumner) => {
  const tabell = h("div", { role: "table", "aria-label": titel }, h("div", { role: "row" }, ...kolumner.map(([text]) => h("div", { role: "columnheader" }, text))));
  const ny = () =>
    tabell.append(h("div", { role: "row", "data-rad": "" }, ...kolumner.map(([text, falten, slag, val]) => h("div", { role: "cell" }, falt(text, falten, slag, { tat: "", ...(val ? { val: JSON.stringify(val) } : {}) })))));
  const del = h("div", {}, h("div", { class: "under" }, titel), tabell, knapp(lagg, ny));
  del.las = () => [namn, [...tabell.querySelectorAll("[data-rad]")].map((rad) => Object.fromEntries([...rad.querySelectorAll("sa-falt")].map((en) => [en.getAttribute("namn"), en.value])))];
  return del;
};

export const berakning = async (akt) => {
  const listor = await fraga("GET", "/listor");
  const namnen = akt.person.hushall.map((en) => en.name);
  const huvud = [
    falt("Räknas från", "fran", "datum", { kravs: "" }),
    falt("Räknas till och med", "till", "datum", { kravs: "" }),
    falt("Hushållets storlek", "storlek", "text", { kravs: "" }),
    falt("Gemensam del per månad", "gemensamt", "belopp", { kravs: "" }),
  ];
  const avdrag = [falt("Avdrag för arbete, sökande", "avdrag_sokande", "kryss"), falt("Avdrag för arbete, sambo", "avdrag_sambo", "kryss")];
  const delar = [
    rader("normrader", "Personer i normen", "Lägg till person", [["Namn", "namn", "val", namnen], ["Normgrupp", "normgrupp", "forslag", listor.normer], ["Belopp per månad", "belopp", "belopp"], ["Dagar", "dagar"]]),
    rader("inkomster", "Inkomstposter", "Lägg till inkomstpost", [["Slag", "slag", "val", listor.inkomster], ["Sökande", "sokande", "belopp"], ["Sambo", "sambo", "belopp"]]),
    rader("utgifter", "Utgiftsposter", "Lägg till utgiftspost", [["Slag", "slag", "val", listor.utgifter], ["Sökt", "sokt", "belopp"], ["Beviljat", "beviljat", "belopp"]]),
    rader("extra", "Extra poster", "Lägg till extra post", [["Slag", "slag", "val", listor.extra], ["Sökt", "sokt", "belopp"], ["Beviljat", "beviljat", "belopp"]]),
  ];
  const las = () => ({
    ...Object.fromEntries([...huvud, ...avdrag].map((en) => [en.getAttribute("namn"), en.value])),
    ...Object.fromEntries(delar.map((del) => del.las())),
    version: akt.version,
  });
  const summor = h("div");
  const rakna = async () => {
    try {
      const svar = await fraga("POST", "/rakna", las());
      summor.replaceChildren(
        h("table", { class: "plan" }, h("tbody", {}, ...Object.entries(svar).map(([etikett, varde]) => h("tr", {}, h("td", {}, etikett), h("td", {}, varde))))),
        knapp("Spara beräkningen", spara, "fram"),
      );
    } catch (nekad) {
      fela(nekad);
    }
  };
  const spara = async () => {
    try {
      const { nummer } = await fraga("POST", `/akter/${akt.number}/berakning`, las());
      sagSedan(`Beräkningen är sparad och har nummer ${nummer}`);
      location.hash = `#/akt/${akt.number}/post/${nummer}`;
    } catch (nekad) {
      fela(nekad);
    }
  };
  // What was worked out for other figures must not be saved.
  const yta = h("div", { onandrat: () => summor.replaceChildren() }, h("div", { class: "falten" }, ...huvud), delar[0], delar[1], ...avdrag, delar[2], delar[3]);
  visa(band(akt), rubrik("Skapa beräkning"), yta, knapp("Räkna ut", rakna), summor);
};
