// What both the shell and the work area use: elements, questions to the server, messages.
export const h = (tag, attributes = {}, ...children) => {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) el.setAttribute(name, value);
  el.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return el;
};

export const knapp = (text, gor, klass = "") =>
  h("div", { class: `knapp ${klass}`, role: "button", tabindex: 0, onclick: gor, onkeydown: (e) => (e.key === "Enter" || e.key === " ") && (e.preventDefault(), gor(e)) }, text);

export const ruta = (namn, ...innehall) => {
  const slojan = h("div", { class: "slojan" }, h("div", { class: "ruta", role: "dialog", "aria-modal": "true", "aria-label": namn }, ...innehall));
  document.body.append(slojan);
  return () => slojan.remove();
};

export const meddela = (text) => {
  const stang = ruta("Systemmeddelande", h("p", {}, text), knapp("Jag förstår", () => stang()));
};

export class Nekad extends Error {
  constructor(status, fel) {
    super(Object.values(fel).join(" "));
    this.status = status;
    this.fel = fel;
  }
}

export const fraga = async (metod, vag, kropp) => {
  document.body.setAttribute("aria-busy", "true");
  try {
    const svar = await fetch(`/api${vag}`, {
      method: metod,
      headers: { "content-type": "application/json", accept: "application/json" },
      body: kropp === undefined ? undefined : JSON.stringify(kropp),
    });
    const om = svar.headers.get("x-meddelande");
    if (om) meddela(new TextDecoder().decode(Uint8Array.from(om, (c) => c.charCodeAt(0))));
    const data = await svar.json();
    if (!svar.ok) throw new Nekad(svar.status, data.fel ?? { "": "Okänt fel." });
    return data;
  } finally {
    document.body.removeAttribute("aria-busy");
  }
};
