// Changes of the pages, as a supplier's new version makes them: [page, what is done to it]. What is posted stays the same.
"use strict";
{
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const fragments = [document, ...all("template").map((one) => one.content)];
  const everywhere = (selector) => fragments.flatMap((one) => all(selector, one));
  const plain = (el) => el.textContent.trim();
  const label = (text) => all("label").find((el) => plain(el) === text);
  const field = (text) => document.getElementById(label(text).htmlFor);
  const box = (text) => label(text).closest(".field");
  const rename = (selector, old, now) => everywhere(selector).filter((el) => plain(el) === old).forEach((el) => { el.textContent = now; });
  const make = (html) => { const holder = document.createElement("div"); holder.innerHTML = html; return holder.firstElementChild; };
  const asSelect = (input, options) => { const list = make(`<select id="${input.id}" name="${input.name}">${options.map((one) => `<option>${one}</option>`).join("")}</select>`); input.replaceWith(list); return list; };
  const form = () => document.querySelector("main form");
  const buttons = () => form().querySelector(".buttons.end");
  const DRIFTS = {
    etikett_omdopt: ["new_note.html", () => { label('Rubrik').textContent = 'Rubriktext'; }],
    falt_flyttat: ["new_note.html", () => { box('Rubrik').before(box('Anteckning')); }],
    ny_id_och_klass: ["new_note.html", () => { const f = field('Rubrik'), l = label('Rubrik'); f.id = 'x7'; f.className = 'ny'; l.htmlFor = 'x7'; }],
    etikett_dubblerad: ["new_note.html", () => { box('Rubrik').after(make('<div class="field"><label for="r2">Rubrik</label><input id="r2"></div>')); }],
    etikett_dubblerad_i_grupp: ["new_note.html", () => { box('Anteckning').after(make('<fieldset><legend>Uppföljning</legend><label for="r2">Rubrik</label><input id="r2"></fieldset>')); }],
    ny_obligatorisk: ["new_note.html", () => { box('Rubrik').after(make('<div class="field"><label for="o1">Diarienummer</label><input id="o1" required></div>')); }],
    ny_frivillig: ["new_note.html", () => { box('Rubrik').after(make('<div class="field"><label for="o1">Diarienummer</label><input id="o1"></div>')); }],
    ny_forifylld: ["new_note.html", () => { box('Rubrik').after(make('<div class="field"><input type="checkbox" id="o1" name="visa" checked><label for="o1">Visa för klienten</label></div>')); }],
    knapp_omdopt: ["new_note.html", () => { rename('button', 'Spara anteckning', 'Registrera anteckning'); }],
    knapp_dubblerad: ["new_note.html", () => { form().prepend(buttons().cloneNode(true)); }],
    knapp_som_ruta: ["new_note.html", () => { const b = buttons().querySelector('button'), d = make('<div style="cursor:pointer">Spara anteckning</div>'); d.addEventListener('click', () => form().requestSubmit()); b.replaceWith(d); }],
    dold_med_css: ["new_note.html", () => { box('Rubrik').style.display = 'none'; }],
    avstangd: ["new_note.html", () => { field('Rubrik').disabled = true; }],
    skrivskyddad: ["new_note.html", () => { field('Rubrik').readOnly = true; }],
    kortare_falt: ["new_note.html", () => { field('Rubrik').maxLength = 10; }],
    kortare_falt_som_racker: ["new_note.html", () => { field('Rubrik').maxLength = 200; }],
    forval: ["new_note.html", () => { field('Rubrik').value = 'Anteckning'; }],
    etikett_som_platshallare: ["new_note.html", () => { const f = field('Rubrik'); f.placeholder = 'Rubrik'; label('Rubrik').remove(); }],
    aria_i_stallet_for_etikett: ["new_note.html", () => { const f = field('Rubrik'); f.setAttribute('aria-label', 'Rubrik'); label('Rubrik').remove(); }],
    etikett_med_kolon: ["new_note.html", () => { label('Rubrik').textContent = 'Rubrik: *'; }],
    ram_runt: ["new_note.html", () => { if (window === window.top) { const m = document.querySelector('main'), i = make('<iframe title="Arbetsyta" style="width:100%;height:40em"></iframe>'); i.src = location.href; m.replaceWith(i); } else all('header,section.banner').forEach((el) => el.remove()); }],
    annat_sprak: ["new_note.html", () => { label('Rubrik').textContent = 'Heading'; label('Anteckning').textContent = 'Note text'; rename('button', 'Spara anteckning', 'Save note'); rename('h1', 'Ny journalanteckning', 'New journal note'); }],
    ny_lank: ["new_note.html", () => { document.querySelector('main').prepend(make('<a href="/sok">Hjälp</a>')); }],
    kolumn_omdopt_i_listan: ["case_journal.html", () => { rename('th', 'Anteckning', 'Anteckningstext'); }],
    kolumn_tillagd_i_listan: ["case_journal.html", () => { all('table tr').forEach((row, n) => row.append(make(n ? '<table><tr><td>x</td></tr></table>' : '<table><tr><th>Signerad</th></tr></table>').querySelector('td,th'))); }],
    flik_omdopt: ["*", () => { rename('a', 'Journal', 'Journalblad'); }],
    meny_omdopt: ["*", () => { rename('a,button', 'Nytt beslut', 'Registrera beslut'); }],
    sokfalt_omdopt: ["search.html", () => { label('Personnummer').textContent = 'Person- eller samordningsnummer'; }],
    kvittensnummer_flyttat: ["receipt.html", () => { all('dt').forEach((el) => { el.textContent = 'Löpnummer'; }); }],
    kvittensnummer_omdopt: ["receipt.html", () => { rename('dt', 'Anteckningsnummer', 'Löpnummer'); }],
    ny_obligatorisk_okand: ["new_note.html", () => { box('Rubrik').after(make('<div class="field"><label for="o1">Enhet</label><select id="o1" required><option></option><option>Norr</option><option>Söder</option></select></div>')); }],
    knapp_dubblerad_utanfor: ["new_note.html", () => { document.querySelector('main').append(make('<aside><p>Utkast</p><button type="button">Spara anteckning</button></aside>')); }],
    fragan_omskriven: ["new_decision.html", () => { rename('h2', 'Spara beslutet?', 'Vill du spara beslutet nu?'); }],
    etikett_och_typ: ["new_decision.html", () => { const f = field('Beslutstyp'); box('Beslutstyp').replaceWith(make('<fieldset><legend>Typ av beslut</legend>' + ['Bifall', 'Avslag', 'Delvis bifall'].map((o) => `<label><input type="radio" name="${f.name}" value="${o}">${o}</label>`).join(' ') + '</fieldset>')); }],
    datumetiketter: ["new_decision.html", () => { label('Beslutsdatum').textContent = 'Datum för beslut'; label('Period från').textContent = 'Gäller från'; label('Period till').textContent = 'Gäller till'; }],
    period_som_grupp: ["new_decision.html", () => { const group = make('<fieldset><legend>Period</legend></fieldset>'); box('Period från').before(group); group.append(box('Period från'), box('Period till')); label('Period från').textContent = 'Från'; label('Period till').textContent = 'Till'; }],
    etikett_omdopt_bredvid_ny: ["new_decision.html", () => { box('Belopp').after(make('<div class="field"><label for="o1">Avdrag för återkrav</label><input id="o1"></div>')); label('Belopp').textContent = 'Beviljat belopp'; }],
    sokknapp_omdopt: ["search.html", () => { rename('button', 'Sök', 'Hämta person'); }],
    arendelista_omdopt: ["person.html", () => { rename('caption', 'Ärenden', 'Personens ärenden'); }],
    arendekolumn_omdopt: ["person.html", () => { rename('th', 'Ärendenummer', 'Ärende-id'); }],
    nasta_omdopt: ["new_household.html", () => { rename('button', 'Nästa', 'Gå vidare'); }],
    falt_delat: ["new_decision.html", () => { const f = field('Belopp'), b = box('Belopp'); f.type = 'hidden'; b.replaceWith(make('<div><div class="field"><label for="kr">Belopp, kronor</label><input id="kr"></div><div class="field"><label for="ore">Belopp, ören</label><input id="ore"></div></div>')); form().append(f); form().addEventListener('input', () => { f.value = `${document.getElementById('kr').value},${document.getElementById('ore').value}`; }); }],
    text_till_lista: ["new_decision.html", () => { asSelect(field('Beslutsfattare'), ['Välj', 'Automatiserad beslutsfunktion', 'Enhetschef']); }],
    lista_till_val: ["new_decision.html", () => { const f = field('Beslutstyp'); box('Beslutstyp').replaceWith(make('<fieldset><legend>Beslutstyp</legend>' + ['Bifall', 'Avslag', 'Delvis bifall'].map((o) => `<label><input type="radio" name="${f.name}" value="${o}">${o}</label>`).join(' ') + '</fieldset>')); }],
    val_omordnade: ["new_decision.html", () => { const f = field('Beslutstyp'); [...f.options].slice(1).reverse().forEach((o) => f.append(o)); }],
    val_tillagt: ["new_decision.html", () => { field('Beslutstyp').append(new Option('Avvisning')); }],
    annat_val_borttaget: ["new_decision.html", () => { [...field('Beslutstyp').options].find((o) => o.text === 'Avslag').remove(); }],
    valet_borttaget: ["new_decision.html", () => { [...field('Beslutstyp').options].find((o) => o.text === 'Bifall').remove(); }],
    valet_omdopt: ["new_decision.html", () => { [...field('Beslutstyp').options].find((o) => o.text === 'Bifall').text = 'Bifalls'; }],
    datumfalt: ["new_decision.html", () => { field('Beslutsdatum').type = 'date'; }],
    rubrik_omdopt: ["new_decision.html", () => { rename('h1', 'Nytt beslut', 'Nytt beslut i ärendet'); }],
    sidan_delad: ["new_decision.html", () => { const later = [...form().children].slice(-4), b = make('<button type="button">Fortsätt</button>'); later.forEach((el) => { el.hidden = true; el.style.display = 'none'; }); b.onclick = () => { later.forEach((el) => { el.hidden = false; el.style.display = ''; }); b.remove(); }; form().append(b); }],
    fragan_omdopt: ["new_decision.html", () => { rename('h2', 'Spara beslutet?', 'Ta bort beslutet?'); }],
    ja_knappen_omdopt: ["new_decision.html", () => { rename('button', 'Ja, spara', 'Godkänn'); }],
    tabellkolumn_omdopt: ["new_household.html", () => { rename('th', 'Norm', 'Normtyp'); }],
    tabellkolumner_omordnade: ["new_household.html", () => { fragments.forEach((f) => all('tr', f).forEach((row) => row.cells.length > 3 && row.insertBefore(row.cells[2], row.cells[0]))); }],
    tabellkolumn_borttagen: ["new_household.html", () => { fragments.forEach((f) => all('tr', f).forEach((row) => row.cells.length > 3 && (row.cells[3].style.display = 'none'))); }],
    tabellkolumn_tillagd: ["new_household.html", () => { fragments.forEach((f) => all('tr', f).forEach((row) => row.cells.length > 3 && row.insertBefore(make(row.querySelector('th') ? '<table><tr><th>Notering</th></tr></table>' : '<table><tr><td><input aria-label="Notering"></td></tr></table>').querySelector('td,th'), row.cells[1]))); }],
    tabell_omdopt: ["new_household.html", () => { rename('caption', 'Normrader', 'Hushållets normer'); }],
    tabell_och_kolumn: ["new_household.html", () => { rename('caption', 'Normrader', 'Hushållets normer'); rename('th', 'Månadsbelopp', 'Belopp per månad'); }],
    radknapp_omdopt: ["new_household.html", () => { rename('button', 'Lägg till normrad', 'Ny normrad'); }],
    gruppnamn_omdopt: ["new_household.html", () => { rename('legend', 'Period', 'Beräkningsmånad'); }],
    sidornas_ordning: ["-", () => {}], // the server sends on to another page
    summa_omdopt: ["new_summary.html", () => { new MutationObserver(() => rename('th', 'Resultat', 'Slutresultat')).observe(document, { subtree: true, childList: true }); }],
  };
  const { drifts, page } = document.currentScript.dataset;
  for (const name of drifts.split(" ")) if ([page, "*"].includes(DRIFTS[name][0])) DRIFTS[name][1]();
}
