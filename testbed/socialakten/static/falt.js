// <sa-falt>: a field with its label in an open shadow root. slag: text, hemligt, belopp, datum, val, forslag, kryss.
const STIL = `
  * { box-sizing: border-box; }
  label { display: block; margin: 4px 0; } span { display: block; font-size: 13px; color: #48566a; }
  input, select { width: 100%; padding: 4px 6px; border: 1px solid #8a98aa; border-radius: 3px; font: inherit; }
  input[type=checkbox] { width: auto; } .tat span { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  ul { list-style: none; margin: 0; padding: 0; border: 1px solid #8a98aa; position: absolute; background: #fff; z-index: 5; }
  li { padding: 3px 8px; cursor: pointer; } li:hover { background: #e2e8f0; } .fel { color: #9b1c1c; font-size: 13px; }
  .dagar { position: absolute; background: #fff; border: 1px solid #8a98aa; padding: 6px; z-index: 5; display: grid; grid-template-columns: repeat(7, 1fr); }
  button { font: inherit; }
`;
const IDAG = () => new Date().toISOString().slice(0, 10);

class Falt extends HTMLElement {
  static formAssociated = false;

  connectedCallback() {
    if (this.shadowRoot) return;
    const rot = this.attachShadow({ mode: "open" });
    const slag = this.getAttribute("slag") ?? "text";
    rot.innerHTML = `<style>${STIL}</style><label class="${this.hasAttribute("tat") ? "tat" : ""}"><span></span></label><div class="fel" aria-live="polite"></div>`;
    rot.querySelector("span").textContent = this.getAttribute("etikett");
    this.styra = slag === "val" ? document.createElement("select") : document.createElement("input");
    if (slag === "val") this.fyll(JSON.parse(this.getAttribute("val") ?? "[]"));
    if (slag === "kryss") this.styra.type = "checkbox";
    if (slag === "hemligt") this.styra.type = "password";
    if (slag === "datum") this.styra.placeholder = "ÅÅÅÅ-MM-DD";
    if (slag === "forslag") this.foresla(rot);
    if (this.hasAttribute("kravs")) this.styra.setAttribute("aria-required", "true");
    this.styra.setAttribute("autocomplete", "off");
    rot.querySelector("label").append(this.styra);
    if (slag === "datum") this.kalender(rot);
    if (slag === "belopp") this.styra.addEventListener("change", () => (this.styra.value = snyggt(this.styra.value)));
    this.styra.addEventListener("change", () => this.dispatchEvent(new Event("andrat", { bubbles: true })));
  }

  get value() {
    return this.styra.type === "checkbox" ? this.styra.checked : this.styra.value;
  }

  fyll(val) {
    this.styra.replaceChildren(...["", ...val].map((text) => new Option(text === "" ? "Välj …" : text, text)));
  }

  fel(text) {
    this.shadowRoot.querySelector(".fel").textContent = text;
    if (text) this.styra.setAttribute("aria-invalid", "true");
    else this.styra.removeAttribute("aria-invalid");
  }

  foresla(rot) {
    this.styra.setAttribute("role", "combobox");
    this.styra.setAttribute("aria-autocomplete", "list");
    this.styra.setAttribute("aria-expanded", "false");
    const alla = JSON.parse(this.getAttribute("val") ?? "[]");
    let vald = "";
    const stang = () => (rot.querySelector("ul")?.remove(), this.styra.setAttribute("aria-expanded", "false"));
    this.styra.addEventListener("input", () => {
      stang();
      const fras = this.styra.value.toLowerCase();
      const traffar = fras ? alla.filter((text) => text.toLowerCase().includes(fras)).slice(0, 8) : [];
      if (!traffar.length) return;
      const lista = document.createElement("ul");
      lista.setAttribute("role", "listbox");
      for (const text of traffar) {
        const rad = document.createElement("li");
        rad.setAttribute("role", "option");
        rad.textContent = text;
        rad.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.styra.value = vald = text;
          stang();
        });
        lista.append(rad);
      }
      rot.append(lista);
      this.styra.setAttribute("aria-expanded", "true");
    });
    // Only what is chosen from the list counts; anything else is emptied when the field is left.
    this.styra.addEventListener("blur", () => (stang(), this.styra.value !== vald && (this.styra.value = vald = "")));
  }

  kalender(rot) {
    const knapp = document.createElement("button");
    knapp.type = "button";
    knapp.textContent = "Kalender";
    knapp.addEventListener("click", () => {
      if (rot.querySelector(".dagar")) return rot.querySelector(".dagar").remove();
      const manad = /^\d{4}-\d\d/.test(this.styra.value) ? this.styra.value.slice(0, 7) : IDAG().slice(0, 7);
      const ruta = document.createElement("div");
      ruta.className = "dagar";
      const sista = new Date(+manad.slice(0, 4), +manad.slice(5), 0).getDate();
      for (let dag = 1; dag <= sista; dag++) {
        const en = document.createElement("button");
        en.type = "button";
        en.textContent = dag;
        en.addEventListener("click", () => {
          this.styra.value = `${manad}-${String(dag).padStart(2, "0")}`;
          ruta.remove();
        });
        ruta.append(en);
      }
      rot.append(ruta);
    });
    rot.append(knapp);
    this.styra.addEventListener("change", () => {
      const ratt = /^\d{4}-\d\d-\d\d$/.test(this.styra.value) || !this.styra.value;
      this.fel(ratt ? "" : "Skriv ett datum, ÅÅÅÅ-MM-DD.");
    });
  }
}

const snyggt = (text) => {
  const tal = Number(text.replace(/\s/g, "").replace(",", "."));
  return text.trim() && Number.isFinite(tal) ? tal.toLocaleString("sv-SE", { minimumFractionDigits: 2 }) : text;
};

customElements.define("sa-falt", Falt);
