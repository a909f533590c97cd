// Everything the bot asks of a page, in one evaluate per question. Finds things as a person does: by what is visible,
// by label, role and table header. Returns plain data; the judgement is made in Python.
async (request) => {
  const plain = (text) => (text || "").replace(/\s+/g, " ").trim();
  const visible = (el) =>
    el.checkVisibility({ visibilityProperty: true }) && !el.closest("[inert],[aria-hidden=true]");
  const textOf = (el) => {
    if (!el.querySelector("[aria-hidden=true],[hidden]")) return plain(el.innerText ?? el.textContent);
    const copy = el.cloneNode(true);
    for (const part of copy.querySelectorAll("[aria-hidden=true],[hidden]")) part.remove();
    return plain(copy.textContent);
  };
  const byIds = (ids) =>
    plain((ids || "").split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean).map(textOf).join(" "));
  const labelText = (label) => {
    const copy = label.cloneNode(true);
    for (const part of copy.querySelectorAll("input,select,textarea,button,[aria-hidden=true]")) part.remove();
    return plain(copy.textContent).replace(/\s*\*$/, "");
  };
  const name = (el) => {
    const given = byIds(el.getAttribute("aria-labelledby")) || plain(el.getAttribute("aria-label"));
    if (given) return given;
    if (el.labels && el.labels.length) return plain([...el.labels].map(labelText).join(" "));
    if (el.matches("input[type=submit],input[type=button],input[type=reset]")) return plain(el.value);
    if (el.matches("button,a,summary,[role]")) return textOf(el);
    return plain(el.getAttribute("title"));
  };
  const tableName = (table) => {
    const own = byIds(table.getAttribute("aria-labelledby")) || plain(table.getAttribute("aria-label"));
    return own || (table.caption ? textOf(table.caption) : "");
  };
  const headersOf = (table) => {
    const row = table.tHead && table.tHead.rows.length ? table.tHead.rows[table.tHead.rows.length - 1] : null;
    return row ? [...row.cells].map(textOf) : [];
  };
  // A row with one cell over the whole width is a message ("Inga rader"), not a row.
  const bodyRows = (table) =>
    [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => visible(row) && !(row.cells.length === 1 && row.cells[0].colSpan > 1));
  const tables = () => [...document.querySelectorAll("table")].filter(visible);
  const CONTROLS = "input:not([type=hidden],[type=submit],[type=button],[type=reset],[type=image]),select,textarea,[contenteditable=true]";
  const dialog = () => [...document.querySelectorAll("dialog[open],[role=dialog],[role=alertdialog]")].filter(visible).pop();
  const scope = () => dialog() || document;

  const kindOf = (el) => {
    if (el.matches("select")) return "select";
    if (el.matches("[type=checkbox]")) return "checkbox";
    if (el.matches("[type=radio]")) return "radio";
    if (el.matches("[role=combobox],[aria-autocomplete=list],[aria-autocomplete=both]")) return "autocomplete";
    return "text";
  };
  const valueOf = (el) => {
    if (el.matches("select")) return [...el.selectedOptions].map((option) => plain(option.label)).join(", ");
    if (el.matches("[type=checkbox]")) return el.checked ? "Ja" : "Nej";
    return el.matches("[contenteditable=true]") ? el.innerText : el.value;
  };
  const placeOf = (el) => {
    const cell = el.closest("td,th");
    const table = cell && cell.closest("table");
    if (!table || !tableName(table)) return {};
    const column = headersOf(table)[cell.cellIndex] || "";
    return { table: tableName(table), column, row: bodyRows(table).indexOf(cell.parentElement) };
  };
  const isRequired = (el) => el.required || el.getAttribute("aria-required") === "true";
  const controls = () => {
    const found = [];
    const groups = new Map();
    for (const el of [...scope().querySelectorAll(CONTROLS)].filter(visible)) {
      if (kindOf(el) === "radio") {
        const group = el.closest("fieldset,[role=radiogroup]");
        const legend = group && group.querySelector("legend");
        const label = legend ? textOf(legend) : group ? name(group) : name(el);
        if (!groups.has(group || el)) {
          groups.set(group || el, { label, kind: "radio", value: "", options: [], required: isRequired(el), locked: el.disabled, els: [] });
          found.push(groups.get(group || el));
        }
        const entry = groups.get(group || el);
        entry.options.push(name(el));
        entry.els.push(el);
        if (el.checked) entry.value = name(el);
        continue;
      }
      const options = el.matches("select") ? [...el.options].map((option) => plain(option.label)) : [];
      const invalid = el.getAttribute("aria-invalid") === "true" ? byIds(el.getAttribute("aria-describedby")) || "ogiltigt värde" : "";
      found.push({
        label: name(el), kind: kindOf(el), value: valueOf(el), options, required: isRequired(el),
        locked: el.disabled || el.readOnly === true, invalid, ...placeOf(el), els: [el],
      });
    }
    return found;
  };
  const cellText = (cell) => {
    const control = [...cell.querySelectorAll(CONTROLS)].find(visible);
    return control ? valueOf(control) : textOf(cell);
  };
  const shown = () => {
    const found = [];
    for (const term of [...document.querySelectorAll("dt")].filter(visible)) {
      const value = term.nextElementSibling;
      if (value && value.matches("dd")) found.push({ label: textOf(term).replace(/:$/, ""), value: textOf(value) });
    }
    for (const table of tables())
      for (const row of bodyRows(table))
        if (row.cells.length === 2 && row.cells[0].matches("th"))
          found.push({ label: textOf(row.cells[0]), value: cellText(row.cells[1]), table: tableName(table) });
    for (const output of [...document.querySelectorAll("output")].filter(visible))
      found.push({ label: name(output), value: textOf(output) });
    return found;
  };
  const BUTTONS = "button,a[href],input[type=submit],input[type=button],summary,[role=button],[role=link],[role=tab],[role=menuitem]";
  const pressable = () => [...scope().querySelectorAll(BUTTONS)].filter(visible);
  const regions = (label) => {
    const named = [...document.querySelectorAll("[aria-label],[aria-labelledby],section,aside,header,dl")].filter(
      (el) => visible(el) && (name(el) === label || byIds(el.getAttribute("aria-labelledby")) === label),
    );
    if (named.length) return named.map(textOf);
    const blocks = [...document.querySelectorAll("body *")].filter(
      (el) => visible(el) && plain(el.textContent).startsWith(label) && plain(el.textContent).length > label.length + 1,
    );
    return blocks.filter((el) => !blocks.some((other) => other !== el && el.contains(other))).map(textOf);
  };
  const heading = () => {
    const first = [...document.querySelectorAll("h1")].find(visible);
    return first ? textOf(first) : "";
  };
  const alerts = () => [...document.querySelectorAll("[role=alert]")].filter(visible).map(textOf).filter(Boolean);
  const describe = () => {
    const text = plain(document.body ? document.body.innerText : "");
    const open = dialog();
    return {
      path: location.pathname, broken: location.protocol === "chrome-error:", heading: heading(),
      words: (request.words || []).map((word) => text.includes(word)),
      banner: request.banner ? regions(request.banner) : [],
      alerts: alerts(),
      messages: [...document.querySelectorAll("[role=status]")].filter(visible).map(textOf).filter(Boolean),
      dialog: open ? { name: name(open), text: textOf(open) } : null,
      controls: controls().map(({ els, ...rest }) => rest),
      shown: shown(),
      tables: tables().map((table) => ({
        name: tableName(table), headers: headersOf(table),
        rows: bodyRows(table).map((row) => ({
          cells: [...row.cells].map(cellText), links: row.querySelectorAll("a[href],button").length,
        })),
      })),
      buttons: pressable().map(name).filter(Boolean),
    };
  };

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const until = async (test, ms) => {
    const end = performance.now() + ms;
    for (let found = test(); ; found = test()) {
      if (found || performance.now() >= end) return found;
      await pause(8);
    }
  };
  const busy = () => [...document.querySelectorAll("[aria-busy=true]")].some(visible);
  const find = (at) =>
    controls().filter((entry) =>
      at.table ? entry.table === at.table && entry.column === at.column && entry.row === at.row : entry.label === at.label && !entry.table,
    );
  const fire = (el, Type, type, more = {}) => el.dispatchEvent(new Type(type, { bubbles: true, cancelable: true, ...more }));
  const type = (el, value) => {
    if (el.matches("[contenteditable=true]")) el.innerText = value;
    else {
      const proto = el.matches("textarea") ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
      Object.getOwnPropertyDescriptor(proto, "value").set.call(el, el.type === "number" ? value.replace(",", ".") : value);
    }
    fire(el, InputEvent, "input", { inputType: "insertText", data: value });
  };
  const option = (value) => [...document.querySelectorAll("[role=option]")].filter(visible).find((el) => textOf(el) === plain(value));
  const put = async (entry, action) => {
    const el = entry.els[0];
    if (entry.kind === "radio") {
      const wanted = entry.els.find((one) => name(one) === plain(action.value));
      if (wanted && !wanted.checked) wanted.click();
      return;
    }
    el.focus();
    fire(el, KeyboardEvent, "keydown", { key: "Unidentified" });
    if (entry.kind === "checkbox") {
      if (el.checked !== (action.value === "Ja")) el.click();
    } else if (entry.kind === "select") {
      const fits = [...el.options].filter((one) =>
        action.match === "contains" ? plain(one.label).includes(action.value) : plain(one.label) === plain(action.value),
      );
      if (fits.length === 1) {
        el.value = fits[0].value;
        fire(el, Event, "input");
      }
    } else type(el, action.value);
    fire(el, KeyboardEvent, "keyup", { key: "Unidentified" });
    if (entry.kind === "autocomplete" && action.value) {
      const hit = await until(() => option(action.value), request.choiceMs);
      if (hit) for (const event of ["mousedown", "mouseup", "click"]) fire(hit, MouseEvent, event);
    }
    if (entry.kind !== "checkbox") fire(el, Event, "change");
    el.blur();
  };

  const addRows = async (rows) => {
    const table = tables().filter((one) => tableName(one) === rows.table);
    const add = pressable().filter((el) => name(el) === rows.add);
    if (table.length !== 1 || add.length !== 1) return;
    for (let have = bodyRows(table[0]).length; have < rows.count; have++) {
      add[0].click();
      if (!(await until(() => bodyRows(table[0]).length > have, request.limitMs))) return;
    }
  };

  // A press that starts a navigation is done in the next document, never in this one: what still shows here is stale.
  const press = async (targets) => {
    if (targets.length !== 1) return { count: targets.length, settled: true, page: describe() };
    const el = targets[0];
    if (el.disabled || el.getAttribute("aria-disabled") === "true")
      return { count: 1, disabled: true, settled: true, page: describe() };
    if (Date.now() > request.untilMs) return { count: 1, late: true, settled: true, page: describe() };
    const before = { heading: heading(), alerts: alerts().join(), dialog: dialog() };
    let leaving = false;
    navigation.addEventListener("navigate", (event) => (leaving ||= !event.hashChange && !event.downloadRequest));
    el.click();
    await pause(0);
    const done = () =>
      !leaving && !busy() &&
      (arrived() || (alerts().length && alerts().join() !== before.alerts) || (dialog() && dialog() !== before.dialog));
    return { count: 1, settled: await until(done, request.limitMs), page: describe() };
  };
  const arrived = () =>
    (request.heading && heading() === request.heading) ||
    (request.headingStarts && heading().startsWith(request.headingStarts));

  switch (request.op) {
    case "look":
      return describe();
    case "arrive":
      return { settled: await until(() => document.readyState === "complete" && !busy(), request.limitMs), page: describe() };
    case "fill":
      for (const rows of request.rows) await addRows(rows);
      for (const action of request.actions) {
        const entries = find(action.at);
        if (entries.length === 1 && action.kinds.includes(entries[0].kind) && !entries[0].locked) await put(entries[0], action);
      }
      await until(() => !busy(), request.limitMs);
      return describe();
    case "press":
      return press(pressable().filter((el) => name(el) === request.name));
    case "openRow": {
      const row = bodyRows(tables().filter((one) => tableName(one) === request.table)[0])[request.row];
      return press([...row.querySelectorAll("a[href],button")].filter(visible));
    }
    case "element": {
      const entries = find(request.at);
      return entries.length === 1 ? entries[0].els[0] : null;
    }
  }
  throw new Error("unknown question: " + request.op);
};
