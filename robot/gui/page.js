// Everything the bot asks of a page, in one evaluate per question. Finds things as a person does: by what is visible,
// by label, role and table header. Returns plain data; the judgement is made in Python.
async (request) => {
  /* see.js */
  /* buttons.js */
  /* whose.js */
  // What the server answered: the document, worst frame first, and the scripts' questions since the last press or fill.
  // `kept`: the fields that were filled last, with what they held when they were read back.
  const STATE = Symbol.for("arende.state");
  const state = globalThis[STATE];
  const HEARD_MS = 60, VALID_MS = 3000;
  const now = () => performance.timeOrigin + performance.now();
  const answers = () => {
    const clocks = everywhere().map((one) => one.defaultView?.performance).filter(Boolean);
    const documents = clocks.map((clock) => clock.getEntriesByType("navigation")[0]?.responseStatus || 0);
    const asked = clocks.flatMap((clock) =>
      clock.getEntriesByType("resource").filter(
        (one) => one.responseStatus >= 400 && ["fetch", "xmlhttprequest"].includes(one.initiatorType) && clock.timeOrigin + one.startTime >= state.since,
      ),
    );
    return { status: Math.max(...documents), refused: Math.max(0, ...asked.map((one) => one.responseStatus)) };
  };
  // The browser notes an answer when its last byte is here: a complaint can be shown a little before.
  const whole = async () => {
    const heard = () => { const { status, refused } = answers(); return status >= 400 || refused > 0; };
    const page = describe();
    if (!page.alerts.length) return page;
    await until(heard, HEARD_MS);
    return describe();
  };
  const pageLines = () => roots(document).map((one) => (one.nodeType === 9 ? one.body?.innerText : [...one.children].map((el) => el.innerText || "").join(" "))).join("\n");
  const pageText = () => plain(pageLines());
  const describe = () => still(() => {
    const text = pageText();
    const open = dialog();
    const heads = headings();
    const pressed = pressable().map((el) => [name(el), el]).filter(([text]) => text);
    return {
      ...answers(), path: location.pathname, broken: location.protocol === "chrome-error:", heading: heads.at(-1) || "", headings: heads,
      words: (request.words || []).map((word) => text.includes(word)),
      banner: request.banner ? regions(request.banner) : [],
      message: request.message && text.includes(request.message) ? request.message : "",
      people: request.people ? people() : [],
      text: request.people ? pageLines() : "",
      alerts: alerts(),
      messages: all(MESSAGES).map(textOf).filter(Boolean),
      dialog: open ? { names: dialogNames(open), text: textOf(open) } : null,
      controls: controls().map(({ els, ...rest }) => rest),
      shown: shown(),
      tables: tables().map((table) => ({
        name: tableName(table), headers: headersOf(table),
        rows: bodyRows(table).map((row) => ({ cells: cellsOf(row).map(cellText), links: linksOf(row).length })),
      })),
      buttons: pressed.map(([text]) => text), sends: sends(pressed),
    };
  });
  const linksOf = (row) => {
    const said = all("a[href],button,[role=link],[role=button],[onclick]", row);
    return said.length ? said : unsaid(row);
  };

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  // Until something changes on the page or it is loaded, a few milliseconds at most.
  const stir = (ms) => new Promise((done) => {
    const observer = new MutationObserver(() => end());
    const end = () => { observer.disconnect(); clearTimeout(timer); removeEventListener("load", end); done(); };
    const timer = setTimeout(end, ms);
    addEventListener("load", end);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const until = async (test, ms) => {
    const end = performance.now() + ms;
    for (let found = still(test); ; found = still(test)) {
      if (found || performance.now() >= end) return found;
      await stir(8);
    }
  };
  const watch = () => {
    const seen = { at: performance.now(), changed: false };
    const observer = new MutationObserver(() => Object.assign(seen, { at: performance.now(), changed: true }));
    for (const one of roots(document)) observer.observe(one, { subtree: true, childList: true, characterData: true, attributes: true });
    return { changed: () => seen.changed, quiet: (ms) => performance.now() - seen.at >= ms };
  };
  const QUIET_MS = 300;
  const views = () => [...new Set(roots(document).map((one) => one.defaultView).filter(Boolean))];
  const waiting = () => busy() || views().some((view) => view[STATE]?.unanswered > 0);
  // Which documents are being left for others: this one as long as it is asked, a frame's until the next one is there.
  const departures = () => {
    const left = new Set();
    for (const view of views()) {
      const [inner, frame] = [view.document, view.frameElement];
      view.navigation.addEventListener("navigate", (event) => { if (!event.destination.sameDocument && !event.downloadRequest) left.add([inner, frame]); });
    }
    const here = ([inner, frame]) => frame && frame.contentDocument && frame.contentDocument !== inner && frame.contentDocument.readyState === "complete";
    return { any: () => left.size > 0, gone: () => [...left].some((one) => !here(one)) };
  };
  const namedBy = (entry, label) => entry.label === label || entry.which === label || `${entry.group} / ${entry.label}`.trim() === label;
  const at = (entries, place) =>
    entries.filter((entry) =>
      place.table ? entry.table === place.table && entry.column === place.column && entry.row === place.row : namedBy(entry, place.label) && !entry.table,
    );
  // Looks the fields up again only when something on the page has changed since.
  const finder = () => {
    let entries = null;
    const observer = new MutationObserver(() => { entries = null; });
    for (const one of roots(document)) observer.observe(one, { subtree: true, childList: true, characterData: true, attributes: true });
    return (place) => {
      if (observer.takeRecords().length || !entries) entries = still(controls);
      return at(entries, place);
    };
  };
  const fire = (el, Type, type, more = {}) =>
    el.dispatchEvent(new (el.ownerDocument.defaultView || window)[Type](type, { bubbles: true, cancelable: true, composed: true, ...more }));
  const isWords = (el) => !el.matches("input,textarea,select");
  const type = (el, value) => {
    if (isWords(el)) el.innerText = value;
    else {
      const view = el.ownerDocument.defaultView;
      const proto = el.matches("textarea") ? view.HTMLTextAreaElement.prototype : view.HTMLInputElement.prototype;
      Object.getOwnPropertyDescriptor(proto, "value").set.call(el, el.type === "number" ? value.replace(",", ".") : value);
    }
    fire(el, "InputEvent", "input", { inputType: "insertText", data: value });
  };
  const tap = (el) => {
    if (!el.matches("button,a[href],input,summary"))
      for (const event of ["pointerdown", "mousedown", "pointerup", "mouseup"]) fire(el, event.startsWith("p") ? "PointerEvent" : "MouseEvent", event);
    if (el.click) el.click();
    else fire(el, "MouseEvent", "click");
  };
  // The choices of a list that has opened: options by role, else what has come up since, word for word.
  const choices = (value, before) => {
    const said = all("[role=option]").filter((el) => textOf(el) === plain(value));
    return said.length ? said : all("li,div,td,span").filter((el) => !el.children.length && textOf(el) === plain(value) && !before.has(el));
  };
  const choose = async (value, open) => {
    const before = new Set(still(() => all("li,div,td,span")));
    open();
    const found = await until(() => choices(value, before)[0], request.choiceMs);
    if (found) for (const event of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) fire(found, event.startsWith("p") ? "PointerEvent" : "MouseEvent", event);
  };
  const optionsFor = (el, action) =>
    [...el.options].filter((one) => (action.match === "contains" ? plain(one.label).includes(action.value) : plain(one.label) === plain(action.value)));
  const standing = (el) => (ticked(el) ? isOn(el) : valueOf(el));
  const put = async (entry, action) => {
    const el = entry.els[0];
    if (entry.kind === "radio") {
      const wanted = entry.els.find((one) => optionName(one) === plain(action.value));
      if (wanted && !isOn(wanted)) wanted.click();
      return;
    }
    el.focus();
    fire(el, "KeyboardEvent", "keydown", { key: "Unidentified" });
    if (entry.kind === "checkbox") {
      if (isOn(el) !== (action.value === "Ja")) el.click();
    } else if (entry.kind === "select" && !el.matches("select")) {
      if (valueOf(el) !== action.value) await choose(action.value, () => tap(el));
    } else if (entry.kind === "select") {
      const fits = optionsFor(el, action);
      if (fits.length === 1) {
        el.value = fits[0].value;
        fire(el, "Event", "input");
      }
    } else if (entry.kind !== "autocomplete" && !action.pick) type(el, action.value);
    else if (!action.value) type(el, "");
    else await choose(action.value, () => {
      type(el, action.value);
      fire(el, "KeyboardEvent", "keyup", { key: "Unidentified" });
    });
    if (entry.kind !== "autocomplete") fire(el, "KeyboardEvent", "keyup", { key: "Unidentified" });
    if (entry.kind !== "checkbox") fire(el, "Event", "change");
    el.blur();
  };

  const addRows = async (rows) => {
    const [table, add] = still(() => [tablesNamed(rows.table), buttonsNamed(rows.add)]);
    if (table.length !== 1 || add.length !== 1) return;
    for (let have = bodyRows(table[0]).length; have < rows.count; have++) {
      tap(add[0]);
      if (!(await until(() => bodyRows(tablesNamed(rows.table)[0] || table[0]).length > have, request.limitMs))) return;
    }
  };

  // A choice may make the page ask for the choices of another list, draw the form anew, or load another document.
  const fill = async () => {
    for (const rows of request.rows) await addRows(rows);
    state.since = now();
    const fields = finder(), leaving = departures(), done = [];
    const usable = ([entry, more], action) => entry && !more && action.kinds.includes(entry.kind) && !entry.locked;
    const offered = (entry, action) => !entry.els[0].matches("select") || !action.value || optionsFor(entry.els[0], action).length > 0;
    for (const action of request.actions) {
      if (leaving.any()) break;
      let entries = fields(action.at);
      if (!usable(entries, action) || !offered(entries[0], action))
        await until(() => leaving.any() || (usable((entries = fields(action.at)), action) && offered(entries[0], action)), waiting() || done.length ? request.choiceMs : 0);
      if (leaving.any() || !usable(entries, action)) continue;
      await put(entries[0], action);
      done.push(...entries[0].els.map((el) => [el, standing(el)]));
    }
    await pause(0);
    await until(() => !leaving.gone() && !waiting(), request.limitMs);
    const stands = ([el, value]) => el.isConnected && standing(el) === value;
    const again = leaving.any() || !done.every(stands);
    state.kept = done.filter(([el]) => el.isConnected).map(([el]) => [el, standing(el)]);
    return { again, page: await whole() };
  };
  const isOff = (el) => el.disabled || el.getAttribute("aria-disabled") === "true";

  // A press that starts a navigation is done in the next document, never in this one: what still shows here is stale.
  const press = async (targets) => {
    if (targets.length !== 1) return { count: targets.length, settled: true, page: describe() };
    const el = targets[0];
    if (isOff(el) && !(await until(() => !isOff(el), Math.min(VALID_MS, request.limitMs))))
      return { count: 1, disabled: true, settled: true, page: describe() };
    // In the same breath as the press: what was read back still stands there.
    const changed = state.kept.some(([one, value]) => !one.isConnected || standing(one) !== value);
    state.kept = changed ? state.kept.filter(([one]) => one.isConnected).map(([one]) => [one, standing(one)]) : [];
    if (changed) return { count: 1, changed: true, settled: true, page: describe() };
    if (Date.now() > (request.untilMs ?? Infinity)) return { count: 1, late: true, settled: true, page: describe() };
    const before = still(() => ({ alerts: alerts().join(), dialog: dialog(), there: arrived() }));
    const after = watch(), leaving = departures();
    state.since = now();
    tap(el);
    await pause(0);
    const known = request.heading || request.headingStarts || request.dialog || request.message;
    // What already showed the expected heading before the press has not answered it until something changes.
    const answered = () => arrived() && (!before.there || after.changed() || after.quiet(QUIET_MS));
    const done = () =>
      !leaving.gone() && !busy() &&
      (answered() || (alerts().length && alerts().join() !== before.alerts) || (dialog() && dialog() !== before.dialog && !request.dialog) ||
        (!known && after.quiet(after.changed() ? QUIET_MS / 3 : QUIET_MS)));
    return { count: 1, settled: await until(done, request.limitMs), page: await whole() };
  };
  const arrived = () => {
    if (request.dialog) return !!dialog() && dialogNames(dialog()).includes(request.dialog);
    if (request.message) return pageText().includes(request.message);
    const heads = request.heading || request.headingStarts ? headings() : [];
    return heads.some((head) => (request.heading ? head === request.heading : head.startsWith(request.headingStarts)));
  };
  // Drawn by scripts or by the server: the page is there when it shows what is expected, or has been still for a while.
  const arrive = async () => {
    const after = watch();
    const known = request.heading || request.headingStarts || request.dialog || request.message;
    const expected = () => (known ? arrived() : request.words.length && pageText().includes(request.words[0]));
    const broken = location.protocol === "chrome-error:";
    const done = () => broken || (document.readyState === "complete" && !busy() && (expected() || alerts().length > 0 || after.quiet(QUIET_MS)));
    return { settled: await until(done, request.limitMs), page: await whole() };
  };

  /* mask.js */
  switch (request.op) {
    case "mask":
      return { ...mask(), ...answers() };
    case "unmask":
      unmask();
      return answers();
    case "look": {
      // What is awaited is a label on the page; whether its value is the right one is not judged here.
      const awaited = () => { const labels = new Set([...shown(), ...controls()].map((one) => one.label)); return request.labels.every((label) => labels.has(label)); };
      if (request.labels) await until(() => awaited() || alerts().length > 0, request.withinMs);
      return whole();
    }
    case "arrive":
      return arrive();
    case "fill":
      return fill();
    case "press":
      return press(still(() => buttonsNamed(request.name)));
    case "openRow": {
      const row = still(() => bodyRows(tablesNamed(request.table)[0])[request.row]);
      const links = still(() => linksOf(row));
      return press(links.length ? links : [row]);
    }
    case "hit": {
      const hit = pressable().filter((el) => el === request.el || el.contains(request.el)).pop();
      return hit ? { name: name(hit), page: describe() } : null;
    }
    case "element": {
      const entries = at(controls(), request.at);
      return entries.length === 1 ? entries[0].els[0] : null;
    }
  }
  throw new Error("unknown question: " + request.op);
};
