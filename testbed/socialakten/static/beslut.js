// A decision: a wizard in a modal box, three steps.
import { fraga, h, knapp, ruta } from "./bas.js";
import { fela, sagSedan } from "./arbetsyta.js";

export const beslut = async (akt) => {
  const listor = await fraga("GET", "/listor");
  const falt = (etikett, namn, slag = "text", mer = {}) => h("sa-falt", { etikett, namn, slag, ...mer });
  const utfall = h("fieldset", {}, h("legend", {}, "Utfall"), ...listor.utfall.map((text) => h("label", {}, h("input", { type: "radio", name: "utfall", value: text }), ` ${text}`)));
  const steg = [
    ["Steg 1 av 3: Utfall", [utfall, falt("Dag för beslutet", "beslutsdag", "datum", { kravs: "" })]],
    ["Steg 2 av 3: Belopp och period", [falt("Gäller från", "fran", "datum", { kravs: "" }), falt("Gäller till och med", "till", "datum", { kravs: "" }), falt("Beviljat belopp", "belopp", "belopp", { kravs: "" }), falt("Skäl till behovet", "orsak", "val", { val: JSON.stringify(listor.orsaker), kravs: "" })]],
    ["Steg 3 av 3: Motivering", [falt("Beslutsfattare", "beslutsfattare"), h("div", { class: "under", id: "motivering" }, "Motivering"), h("textarea", { "aria-labelledby": "motivering", name: "motivering" }), falt("Jag har kontrollerat uppgifterna", "kontrollerat", "kryss")]],
  ];
  let nu = 0;
  const rubrik = h("div", { class: "under", role: "heading", "aria-level": 2 });
  const innehall = h("div");
  const knappar = h("div");
  const las = () => {
    const alla = steg.flatMap(([, delar]) => delar);
    const typat = Object.fromEntries(alla.filter((el) => el.matches("sa-falt")).map((el) => [el.getAttribute("namn"), el.styra ? el.value : ""]));
    return { ...typat, utfall: utfall.querySelector(":checked")?.value ?? "", motivering: steg[2][1][2].value, version: akt.version };
  };
  const visaSteg = () => {
    rubrik.textContent = steg[nu][0];
    innehall.replaceChildren(...steg[nu][1]);
    const fram = nu < 2 ? knapp("Vidare", () => (nu++, visaSteg()), "fram") : knapp("Fastställ", faststall, "fram");
    knappar.replaceChildren(knapp("Avbryt", () => stang()), ...(nu ? [knapp("Tillbaka", () => (nu--, visaSteg()))] : []), fram);
  };
  const faststall = async () => {
    try {
      const { nummer } = await fraga("POST", `/akter/${akt.number}/beslut`, las());
      sagSedan(`Beslutet är fastställt och har nummer ${nummer}`);
      location.hash = `#/akt/${akt.number}/post/${nummer}`;
    } catch (nekad) {
      fela(nekad);
    }
  };
  const stang = ruta("Fatta beslut", rubrik, h("p", {}, `Beslut i akt ${akt.number}, ${akt.person.namn}, ${akt.personnummer}`), innehall, knappar);
  visaSteg();
};
