// Whose case the page shows: the parts of it that tell, by the name that a screen file gives them. Put into page.js.
  // A box over the page may hide what is behind it from everybody but those who look: whose case it is stands there.
  const behindToo = (find) => { const found = find(visible); return found.length || !dialog() ? found : find(onScreen); };
  const regionsNamed = (label) => behindToo((shown) => regionsOf(label, shown));
  const regions = (label) => regionsNamed(label).map(textOf);
  const regionsOf = (label, shown) => {
    const named = all("[aria-label],[aria-labelledby],section,aside,header,dl,fieldset", document, shown).filter(
      (el) => given(el) === label || (el.matches("header,section,aside") && name(el) === label) || (el.localName === "fieldset" && el.querySelector("legend") && textOf(el.querySelector("legend")) === label),
    );
    if (named.length) return named;
    const blocks = all("*", document, shown).filter((el) => plain(el.textContent).startsWith(label) && plain(el.textContent).length > label.length + 1);
    const least = blocks.filter((el) => !blocks.some((other) => other !== el && el.contains(other)));
    const free = least.filter((el) => !listOf(el));
    // The headers of a list of hits tell of nobody; those of a single row tell of that row.
    return free.length ? free : least.map(listOf).filter((table) => bodyRows(table).length === 1);
  };
  const listOf = (header) => {
    const row = header.closest("tr,[role=row]"), table = row && row.closest(GRIDS);
    return table && headRow(table) === row ? table : null;
  };
  // The parts of the page that show a personal number, by the name that a screen file can give them.
  const people = () => behindToo((shown) => {
    const parts = all("[aria-label],[aria-labelledby],section,aside,header,dl,fieldset,table,div", document, shown).filter((el) => /\b(\d{8}|\d{6})[-+ ]?\d{4}\b/.test(textOf(el)) && !holds(el));
    const smallest = parts.filter((el) => !parts.some((other) => other !== el && el.contains(other)));
    const named = parts.filter((el) => given(el) && textOf(el).length < 400).map(given);
    if (named.length) return [...new Set(named)];
    return [...new Set(smallest.map((el) => plain((el.closest("section,aside,header,dl,table") || el).innerText.split("\n")[0]).replace(/[\d(:].*$/, "").trim()))].filter(Boolean);
  });
