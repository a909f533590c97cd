// What a person sees on the page: fields with their labels, tables, shown values, buttons, headings and dialogs.
// Found by what is visible, by label, role and table header, in the document, its open shadow roots and its frames of
// the same origin. Where a page is built without meaning (label in the cell to the left, a div as a button) the place
// on the screen tells, as it tells a person. Put into page.js, which asks.
  const plain = (text) => (text || "").replace(/[\u200b-\u200d\u2060\ufeff]/g, "").replace(/\s+/g, " ").trim();
  const NATIVE = "input:not([type=hidden],[type=submit],[type=button],[type=reset],[type=image],[type=file]),select,textarea";
  const OWN = "[contenteditable=true],[contenteditable=''],[contenteditable=plaintext-only],[role=textbox],[role=spinbutton],[role=combobox],[role=searchbox],[role=checkbox],[role=switch],[role=radio],[aria-haspopup=listbox]";
  const CONTROLS = `${NATIVE},${OWN}`;
  const HEADINGS = "h1,h2,h3,h4,h5,h6,[role=heading]";
  const ALERTS = "[role=alert],[aria-live=assertive]";
  const MESSAGES = "[role=status],[aria-live=polite]";
  const LONGEST_LABEL = 80, FAR_LEFT = 320, FAR_ABOVE = 48;
  const HINT = /^(t\.? ?ex|ex\.|å{2}|y{2,4}[-/ ]|d{1,2}[-/ ]|m{1,2}[-/ ]|\d|välj|skriv|ange|sök |…|\.\.\.)/i;

  const root = (el) => el.getRootNode();
  const outside = (el) => root(el).host || el.ownerDocument.defaultView?.frameElement || null;
  const up = (el, selector) => el && (el.closest(selector) || up(outside(el), selector));
  let memory = null; // while something is asked that changes nothing: then answers may be kept
  const still = (ask) => {
    if (memory) return ask();
    memory = { roots: null };
    try { return ask(); } finally { memory = null; }
  };
  const everywhere = () => (memory ? (memory.roots ??= roots(document)) : roots(document));
  const kept = (ask) => {
    let answers = null, during = null;
    return (el) => {
      if (!memory) return ask(el);
      if (during !== memory) [answers, during] = [new Map(), memory];
      if (!answers.has(el)) answers.set(el, ask(el));
      return answers.get(el);
    };
  };
  const reachable = kept((el) => {
    if (el.inert || el.getAttribute("aria-hidden") === "true") return false;
    const outer = el.parentElement || outside(el);
    return !outer || reachable(outer);
  });
  const visible = kept((el) => el.checkVisibility({ visibilityProperty: true }) && reachable(el));
  const roots = (start) => {
    const found = [start];
    for (const el of start.querySelectorAll("*")) {
      if (el.shadowRoot) found.push(...roots(el.shadowRoot));
      else if ((el.localName === "iframe" || el.localName === "frame") && visible(el)) {
        let inner = null;
        try { inner = el.contentDocument; } catch { /* another origin: a person sees it, no script may */ }
        if (inner && inner.documentElement) found.push(...roots(inner));
      }
    }
    if (start.shadowRoot) found.push(...roots(start.shadowRoot));
    return found;
  };
  const all = (selector, start, shown = visible) => (start && start !== document ? roots(start) : everywhere()).flatMap((one) => [...one.querySelectorAll(selector)]).filter(shown);
  const onScreen = (el) => el.checkVisibility({ visibilityProperty: true });

  const textOf = (el) => {
    if (el.shadowRoot && !plain(el.innerText ?? el.textContent)) return plain([...el.shadowRoot.children].map((one) => one.innerText || "").join(" "));
    if (!el.querySelector("[aria-hidden=true],[hidden]")) return plain(el.innerText ?? el.textContent);
    const copy = el.cloneNode(true);
    for (const part of copy.querySelectorAll("[aria-hidden=true],[hidden]")) part.remove();
    return plain(copy.textContent);
  };
  const byIds = (el, attribute) =>
    plain((el.getAttribute(attribute) || "").split(/\s+/).map((id) => id && root(el).getElementById?.(id)).filter((one) => one && !el.contains(one)).map(textOf).join(" "));
  const bare = (text) => plain(text).replace(/[\s*:]+$/, "");
  const labelText = (label) => {
    const copy = label.cloneNode(true);
    for (const part of copy.querySelectorAll(`input,select,textarea,button,small,[role=alert],.error,[aria-hidden=true]`)) part.remove();
    return bare(copy.textContent) || bare(label.textContent);
  };
  const given = (el) => byIds(el, "aria-labelledby") || plain(el.getAttribute("aria-label"));
  const name = (el) => {
    if (given(el)) return given(el);
    if (el.matches(NATIVE) && el.labels && el.labels.length) return bare([...el.labels].map(labelText).join(" "));
    if (el.matches("input[type=submit],input[type=button],input[type=reset]")) return plain(el.value);
    if (el.matches("input[type=image]")) return plain(el.alt);
    if (!el.matches("input,select,textarea")) {
      const text = textOf(el);
      if (text) return text;
      const picture = el.querySelector("img[alt],svg title");
      if (picture) return plain(picture.getAttribute("alt") || picture.textContent);
    }
    return plain(el.getAttribute("title"));
  };

  // Fields without a label of their own: the words beside them, where a person looks.
  const holds = (node) => node.nodeType === 1 && (node.matches(CONTROLS) || !!node.querySelector(CONTROLS));
  // What shows the choice of a drop-down made of boxes is no field of its own.
  const isPart = (el) => !el.matches(NATIVE) && !el.isContentEditable && !!el.parentElement?.closest(OWN);
  const fieldsIn = (node) => [...node.querySelectorAll(CONTROLS)].filter((one) => visible(one) && !isPart(one));
  const holdsShown = (node) => node.nodeType === 1 && ((node.matches(CONTROLS) && visible(node)) || fieldsIn(node).length > 0);
  const words = (node) => {
    if (node.nodeType === 3) return plain(node.data);
    if (node.nodeType !== 1 || node.matches(`table,[role=table],[role=grid],[role=treegrid],ul,ol,dl,nav,button,a[href],script,style,small,${HEADINGS},${ALERTS}`) || !visible(node)) return "";
    return node.matches("label") ? labelText(node) : textOf(node);
  };
  const boxOf = (node) => {
    if (node.nodeType === 1) return node.getBoundingClientRect();
    const range = node.ownerDocument.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  };
  const leads = (a, b) => {
    const left = a.right <= b.left + 4 && a.top < b.bottom && a.bottom > b.top;
    const above = a.bottom <= b.top + 4 && a.left <= b.left + b.width / 2 && a.right > b.left + Math.min(8, b.width / 2);
    return left ? b.left - a.right : above ? b.top - a.bottom : Infinity;
  };
  const fitting = (text) => (/\p{L}/u.test(text) && text.length <= LONGEST_LABEL && !/[.!?]$/.test(text) ? bare(text) : "");
  const inCell = (el, many = 1) => {
    const cell = el.closest("td,th");
    if (!cell || cell.querySelectorAll(CONTROLS).length > many) return "";
    for (let left = cell.previousElementSibling; left && !holds(left); left = left.previousElementSibling)
      if (words(left)) return fitting(words(left));
    const row = cell.parentElement, body = row.closest("table");
    const above = body && body.rows[[...body.rows].indexOf(row) - 1]?.cells[cell.cellIndex];
    return above && !holds(above) ? fitting(words(above)) : "";
  };
  const beforeIt = (el) => {
    for (let at = el, depth = 0; at && depth < 4; depth++) {
      for (let node = at.previousSibling; node; node = node.previousSibling) {
        if (holdsShown(node)) return "";
        const text = words(node);
        if (text) return leads(boxOf(node), el.getBoundingClientRect()) < FAR_LEFT ? fitting(text) : "";
      }
      const parent = at.parentElement || root(at).host;
      if (!parent || parent.matches("td,th,tr,table,form,fieldset,body,main,section,dialog,[role=dialog]") || fieldsIn(parent).length > 1) return "";
      at = parent;
    }
    return "";
  };
  const afterIt = (el) => {
    for (let at = el, depth = 0; at && depth < 3; depth++) {
      for (let node = at.nextSibling; node && !holds(node); node = node.nextSibling) if (words(node)) return fitting(words(node));
      if (!at.parentElement || at.parentElement.querySelectorAll(CONTROLS).length > 1) return "";
      at = at.parentElement;
    }
    return "";
  };
  const nearest = (el) => {
    const box = el.getBoundingClientRect();
    let best = "", least = Infinity;
    for (const one of root(el).querySelectorAll("label,span,div,p,b,strong,td,th,dt,em,font")) {
      if (one.children.length > 2 || holds(one) || one.contains(el) || (one.htmlFor && one.control)) continue;
      const text = fitting(words(one)), grid = one.closest(GRIDS);
      if (!text || (grid && !grid.contains(el))) continue;
      const its = one.getBoundingClientRect(), gap = leads(its, box), left = its.right <= box.left + 4;
      if (gap < (left ? FAR_LEFT : FAR_ABOVE) && gap < least) [best, least] = [text, gap];
    }
    return best;
  };
  const ticked = (el) => el.matches("[type=checkbox],[type=radio],[role=checkbox],[role=radio],[role=switch]");
  // [label, how it was found]: what is not said by the page itself is told when a screen file is made from it.
  const labelOf = (el) => {
    if (given(el)) return [bare(given(el)), "aria"];
    if (el.labels && el.labels.length && name(el)) return [name(el), "label"];
    if (el.shadowRoot === null && root(el).host && given(root(el).host)) return [bare(given(root(el).host)), "aria"];
    if (ticked(el) && !el.matches("input") && textOf(el)) return [textOf(el), "text"];
    const guesses = [];
    if (ticked(el)) guesses.push(["text after", () => afterIt(el)]);
    guesses.push(["cell", () => inCell(el)], ["text before", () => beforeIt(el)]);
    guesses.push(["host", () => bare(root(el).host?.getAttribute("label"))]);
    guesses.push(["title", () => bare(el.getAttribute("title"))]);
    const placeholder = plain(el.getAttribute("placeholder") || el.getAttribute("data-placeholder"));
    if (placeholder && !HINT.test(placeholder)) guesses.push(["placeholder", () => bare(placeholder)]);
    guesses.push(["place", () => nearest(el)]);
    for (const [how, guess] of guesses) {
      const text = guess();
      if (text) return [text, how];
    }
    return [bare(placeholder), placeholder ? "placeholder" : ""];
  };

  const headingBefore = (el) => {
    for (let at = el, depth = 0; at && depth < 3; at = at.parentElement, depth++)
      for (let node = at.previousElementSibling; node; node = node.previousElementSibling) {
        if (node.matches(`${HEADINGS},legend,caption`)) return textOf(node);
        if (node.matches("table,[role=table],[role=grid],form") || holds(node)) return "";
      }
    return "";
  };
  const GRIDS = "table,[role=table],[role=grid],[role=treegrid]";
  const CELLS = "[role=cell],[role=gridcell],[role=columnheader],[role=rowheader]";
  const cellsOf = (row) => (!row ? [] : row.cells ? [...row.cells] : [...row.querySelectorAll(CELLS)]);
  const rowsOf = (table) => (table.rows ? [...table.rows] : [...table.querySelectorAll("[role=row]")]);
  const headRow = kept((table) => {
    if (table.tHead && table.tHead.rows.length) return table.tHead.rows[table.tHead.rows.length - 1];
    const [first] = rowsOf(table);
    if (!first) return null;
    const cells = cellsOf(first);
    const all = (test) => cells.length > 1 && cells.every((cell) => test(cell) && !holds(cell));
    if (all((cell) => cell.matches("th,[role=columnheader]") || !plain(cell.textContent))) return first;
    return all((cell) => plain(cell.textContent) && cell.children.length === 1 && cell.firstElementChild.matches("b,strong")) ? first : null;
  });
  const headersOf = kept((table) => cellsOf(headRow(table)).map((cell) => (visible(cell) ? textOf(cell) : "")));
  // A table with headers that nothing names is named by them.
  const tableName = kept((table) => given(table) || (table.caption ? textOf(table.caption) : "") || (headRow(table) ? headingBefore(table) || headersOf(table).filter(Boolean).join(", ") : ""));
  // A row with one cell over the whole width is a message ("Inga rader"), not a row.
  const bodyRows = kept((table) => {
    const rows = table.tBodies ? [...table.tBodies].flatMap((body) => [...body.rows]) : rowsOf(table);
    const head = headRow(table);
    return rows.filter((row) => row !== head && visible(row) && !(row.cells && row.cells.length === 1 && row.cells[0].colSpan > 1));
  });
  const tables = () => all(GRIDS, scope());
  const tablesNamed = (wanted) => tables().filter((one) => tableName(one) === wanted);

  const DIALOGS = "dialog[open],[role=dialog],[role=alertdialog]";
  // A box over the page that does not say that it is one: it covers the window, and there is something behind it.
  const cover = () => {
    const fixed = (el) => {
      for (; el && el !== document.body && el !== document.documentElement; el = el.parentElement)
        if (getComputedStyle(el).position === "fixed") return el;
      return null;
    };
    const behind = fixed(document.elementFromPoint(2, innerHeight - 2));
    const front = behind && fixed(document.elementFromPoint(innerWidth / 2, innerHeight / 2));
    if (!front || behind.offsetWidth < innerWidth * 0.95 || behind.offsetHeight < innerHeight * 0.95) return null;
    const others = [...document.querySelectorAll(`${NATIVE},button,a[href],h1`)].filter((el) => !behind.contains(el) && !front.contains(el) && visible(el));
    return others.length && holdsAny(front) ? front : null;
  };
  const holdsAny = (el) => !!el.querySelector(`button,a,[onclick],[role=button],${CONTROLS}`);
  const dialog = () => openDialog(document);
  const openDialog = kept(() => all(DIALOGS).pop() || cover() || null);
  // Steps of one box are told apart by the heading inside it; it comes first.
  const dialogNames = (el) => {
    const inside = (selector) => roots(el).flatMap((one) => [...one.querySelectorAll(selector)]).filter(visible).map(textOf);
    return [...new Set([...inside(HEADINGS), given(el), ...inside("legend")])].filter(Boolean);
  };
  const scope = () => dialog() || document;

  const kindOf = (el) => {
    if (el.matches("select")) return "select";
    if (el.matches("[type=checkbox],[role=checkbox],[role=switch]")) return "checkbox";
    if (el.matches("[type=radio],[role=radio]")) return "radio";
    if (el.matches("input,textarea")) return el.matches("[role=combobox],[aria-autocomplete=list],[aria-autocomplete=both],[list]") ? "autocomplete" : "text";
    return el.matches("[role=combobox],[aria-haspopup=listbox]") ? "select" : "text";
  };
  const isOn = (el) => (el.matches("input") ? el.checked : el.getAttribute("aria-checked") === "true");
  const valueOf = (el) => {
    if (el.matches("select")) return [...el.selectedOptions].map((option) => plain(option.label)).join(", ");
    if (kindOf(el) === "checkbox") return isOn(el) ? "Ja" : "Nej";
    return el.matches("input,textarea") ? el.value : el.innerText;
  };
  const filled = (el) => {
    if (el.matches("select")) return el.selectedIndex > 0 && el.value !== "";
    if (ticked(el)) return isOn(el);
    return !!plain(valueOf(el)) && el.matches("input,textarea");
  };
  const placeOf = (el) => {
    const cell = up(el, `td,th,${CELLS}`);
    const table = cell && cell.closest(GRIDS);
    if (!table || !tableName(table) || !headRow(table)) return {};
    const row = cell.closest("tr,[role=row]");
    const at = bodyRows(table).indexOf(row);
    if (at < 0) return {};
    return { table: tableName(table), column: headersOf(table)[cellsOf(row).indexOf(cell)] || "", row: at };
  };
  const groupOf = (el) => groupFrom(el.parentElement || root(el).host || el);
  const GROUPS = "fieldset,[role=group],[role=region],section,iframe";
  const groupFrom = kept((el) => {
    const at = up(el, GROUPS);
    if (!at) return "";
    const legend = at.localName === "fieldset" && at.querySelector("legend");
    const text = legend ? textOf(legend) : given(at) || (at.localName === "iframe" ? plain(at.title) : "");
    const outer = at.parentElement || root(at).host || outside(at);
    return text || (outer ? groupFrom(outer) : "");
  });
  const starred = (el) => [...(el.labels || [])].some((label) => /\*\s*$/.test(plain(label.textContent)));
  const isRequired = (el) => el.required === true || el.getAttribute("aria-required") === "true" || starred(el);
  const radioGroup = (el) => {
    const group = el.closest("fieldset,[role=radiogroup]");
    if (group) return { key: group, label: bare(group.querySelector("legend") ? textOf(group.querySelector("legend")) : name(group)) };
    if (el.name) {
      const members = [...root(el).querySelectorAll("[type=radio]")].filter((one) => one.name === el.name && one.form === el.form);
      let around = members[0].parentElement;
      while (around && !members.every((one) => around.contains(one))) around = around.parentElement;
      const label = inCell(el, members.length) || beforeIt(members[0].closest("label") || members[0]) || (around && (inCell(around, members.length) || beforeIt(around)));
      return { key: members[0], label: label || optionName(el) };
    }
    return { key: el, label: optionName(el) };
  };
  const optionName = (el) => labelOf(el)[0];
  const optionsOf = (el) => {
    if (el.matches("select")) return [...el.options].map((option) => plain(option.label));
    if (el.list) return [...el.list.options].map((option) => plain(option.label || option.value));
    return [];
  };
  const controls = () => {
    const found = [];
    const groups = new Map();
    for (const el of all(CONTROLS, scope()).filter((one) => !isPart(one))) {
      if (el.matches(OWN) && !el.matches("input") && (el.closest("label") || el.querySelector(NATIVE) || (el.shadowRoot && roots(el.shadowRoot).some((one) => one.querySelector(NATIVE))))) continue;
      if (kindOf(el) === "radio") {
        const { key, label } = radioGroup(el);
        if (!groups.has(key)) {
          groups.set(key, { label, how: label === optionName(el) ? "option" : "label", group: groupOf(key), kind: "radio", value: "", options: [], required: isRequired(el), locked: false, filled: false, longest: -1, wide: 0, format: "", hint: "", els: [] });
          found.push(groups.get(key));
        }
        const entry = groups.get(key);
        entry.options.push(optionName(el));
        entry.els.push(el);
        entry.locked = entry.els.every((one) => one.disabled);
        if (isOn(el)) [entry.value, entry.filled] = [optionName(el), true];
        continue;
      }
      const invalid = el.getAttribute("aria-invalid") === "true" ? byIds(el, "aria-describedby") || "ogiltigt värde" : "";
      const [label, how] = labelOf(el);
      found.push({
        label, how, group: groupOf(el), kind: kindOf(el), value: valueOf(el), options: optionsOf(el), required: isRequired(el),
        locked: el.disabled === true || el.readOnly === true || el.getAttribute("aria-disabled") === "true" || el.getAttribute("aria-readonly") === "true",
        filled: filled(el), longest: el.maxLength ?? -1, wide: el.offsetWidth || 0, format: el.type || "", hint: plain(el.getAttribute("placeholder")), invalid, ...placeOf(el), els: [el],
      });
    }
    return numbered(found);
  };
  // Fields with one label are told apart by their order, as a person would: "Datum (2 av 3)".
  const numbered = (found) => {
    const doubled = new Map();
    for (const one of found) if (!one.table) doubled.set(one.label, [...(doubled.get(one.label) || []), one]);
    for (const [label, same] of doubled) if (same.length > 1) same.forEach((one, n) => { one.which = `${label} (${n + 1} av ${same.length})`; });
    return found;
  };

  const inside = (cell) => [...cell.querySelectorAll(CONTROLS)].find(visible);
  const cellText = (cell) => (inside(cell) ? valueOf(inside(cell)) : textOf(cell));
  // A table of two columns without headers, where each left cell is short and says something of its own.
  const areFacts = (table) => {
    const rows = bodyRows(table).map(cellsOf), labels = rows.map(([left]) => left && plain(left.innerText));
    return rows.length > 1 && rows.every((cells) => cells.length === 2) && new Set(labels).size === labels.length && labels.every((text) => text.length <= LONGEST_LABEL && !/^[\d\s.,-]+$/.test(text));
  };
  const shown = () => {
    const found = [];
    const add = (label, value, more = {}) => label && found.push({ label: bare(label), value, ...more });
    for (const term of all("dt", scope())) {
      const value = term.nextElementSibling;
      if (value && value.matches("dd")) add(textOf(term), textOf(value));
    }
    for (const table of tables()) {
      const pairs = !headRow(table), alike = pairs && areFacts(table);
      for (const row of bodyRows(table)) {
        const cells = cellsOf(row);
        if (cells.length === 2 && cells[0].matches("th,[role=rowheader]")) add(textOf(cells[0]), cellText(cells[1]), { table: tableName(table) });
        else if (pairs && cells.length % 2 === 0)
          for (let at = 0; at < cells.length; at += 2)
            if (!holds(cells[at]) && !holds(cells[at + 1]) && !cells[at].querySelector("table") && !cells[at + 1].querySelector("table,p,h1,h2,h3")) {
              const text = plain(cells[at].innerText);
              if (alike || cells[at].matches("th") || /:$/.test(text) || cells[at].querySelector("b,strong,label")) add(text, textOf(cells[at + 1]));
            }
      }
    }
    for (const output of all("output", scope())) add(labelOf(output)[0], textOf(output));
    for (const term of all("label,span,div,b,strong,p", scope())) {
      if (term.children.length || !/^.{1,60}:$/.test(plain(term.textContent)) || term.closest("td,th,dt,dd") || (term.control && visible(term.control))) continue;
      let value = term.nextSibling;
      while (value && value.nodeType === 3 && !plain(value.data)) value = value.nextSibling;
      if (value && !holds(value) && words(value)) add(textOf(term), words(value));
    }
    return found;
  };

  const FIRST = "h1,[role=heading][aria-level='1']";
  // Where no element says that it is a heading: the words in the largest letters, if they are larger than the rest.
  const largest = (one) => {
    const size = (el) => parseFloat(getComputedStyle(el).fontSize);
    let [best, most] = ["", one.body ? size(one.body) * 1.2 : Infinity];
    for (const el of [...one.querySelectorAll("div,span,p,b,strong,td,font,legend")].filter(visible))
      if (!el.children.length && size(el) > most && plain(el.textContent).length < LONGEST_LABEL && plain(el.textContent) && !el.closest("button,a"))
        [best, most] = [plain(el.textContent), size(el)];
    return best;
  };
  const headings = () => {
    const first = all(FIRST).map(textOf).filter(Boolean);
    for (const one of roots(document))
      if (one.nodeType === 9 && (one !== document || !first.length) && ![...one.querySelectorAll(FIRST)].some(visible)) {
        const next = [...one.querySelectorAll(`${HEADINGS},legend`)].find((el) => visible(el) && !up(el, DIALOGS));
        const words = next ? textOf(next) : one === document ? "" : largest(one);
        if (words && !first.includes(words)) first.push(words);
      }
    return first.length ? first : [largest(document) || plain(document.title)].filter(Boolean);
  };
  const alerts = () => all(ALERTS).map(textOf).filter(Boolean);
  const busy = () => all("[aria-busy=true]").length > 0;
