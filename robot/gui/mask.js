// Covers in one colour, for the time of a picture, every value but those that may be seen there: all fields, all cells,
// what stands beside a label, the part that tells whose case it is, and every text that repeats a value of the case.
  const MASK = "arende-mask", MASK_COLOUR = "#6b6b6b";
  const WITHOUT_WORDS = "img,canvas,video,object,embed,iframe,frame";
  const NUMBER_OF_A_PERSON = /\b(\d{8}|\d{6})[-+ ]?\d{4}\b/;
  const tight = (text) => (text || "").replace(/\s+/g, "").toLowerCase();
  const textsIn = (start) => {
    const found = [];
    const walker = start.ownerDocument.createTreeWalker(start, 4);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (plain(node.data)) found.push(node);
    return found;
  };
  const allTexts = () => everywhere().flatMap((one) => (one.nodeType === 9 ? (one.body ? textsIn(one.body) : []) : [...one.children].flatMap(textsIn)))
    .filter((node) => node.parentElement && !node.parentElement.closest("script,style,select,textarea,template") && visible(node.parentElement));
  const openCells = () => new Set(tables().flatMap((table) => {
    const open = headersOf(table).map((header) => request.columns.some(([name, column]) => name === tableName(table) && column === header));
    return bodyRows(table).flatMap((row) => cellsOf(row).filter((_, at) => open[at]));
  }));
  const hidesValues = () => {
    const open = openCells(), named = (el) => request.labels.includes(bare(textOf(el)));
    const beside = all("dd,output").filter((el) => !(el.matches("dd") && el.previousElementSibling?.matches("dt") && named(el.previousElementSibling)));
    const cells = all(GRIDS).flatMap((table) => bodyRows(table).flatMap((row) => cellsOf(row).filter((cell, at) =>
      !cell.matches("th,[role=rowheader]") && !open.has(cell) && (headRow(table) || at % 2 === 1))));
    const after = all("label,span,div,b,strong,p").filter((el) => !el.children.length && /:$/.test(plain(el.textContent)) && !named(el));
    return [...beside, ...cells, ...regionsNamed(request.banner), ...after.map((el) => el.nextElementSibling).filter((el) => el && !holds(el))];
  };
  const hidden = () => {
    const open = new Set(controls().filter((one) => (one.table
      ? request.columns.some(([name, column]) => name === one.table && column === one.column)
      : request.labels.some((label) => namedBy(one, label)))).flatMap((one) => one.els));
    const fields = all(CONTROLS).filter((el) => !open.has(el));
    const places = new Set(hidesValues()), texts = allTexts();
    const banner = regionsNamed(request.banner).flatMap(textsIn).filter((node) => !node.parentElement.closest("dt,th,label")).map((node) => tight(node.data));
    const words = [...request.texts.map(tight), ...banner].filter((text) => text.length > 3);
    const within = (node) => { for (let el = node.parentElement; el; el = el.parentElement) if (places.has(el)) return true; return false; };
    const beside = (node) => /:$/.test(plain(node.previousSibling?.textContent)) && !request.labels.includes(bare(node.previousSibling.textContent));
    const told = texts.filter((node) => within(node) || beside(node) || NUMBER_OF_A_PERSON.test(node.data) || words.some((text) => tight(node.data).includes(text)));
    return [...fields, ...told, ...all(WITHOUT_WORDS).filter((el) => !(el.matches("iframe,frame") && reads(el)))];
  };
  const reads = (frame) => { try { return !!frame.contentDocument?.documentElement; } catch { return false; } };
  const boxesOnPicture = (node) => {
    const range = node.ownerDocument.createRange();
    if (node.nodeType === 3) range.selectNodeContents(node);
    const boxes = node.nodeType === 3 ? [...range.getClientRects()] : [node.getBoundingClientRect()];
    let [left, top] = [0, 0];
    for (let frame = node.ownerDocument.defaultView?.frameElement; frame; frame = frame.ownerDocument.defaultView?.frameElement) {
      const outer = frame.getBoundingClientRect();
      [left, top] = [left + outer.left + frame.clientLeft, top + outer.top + frame.clientTop];
    }
    return boxes.map((box) => ({ left: box.left + left - 1, top: box.top + top - 1, width: box.width + 2, height: box.height + 2 }));
  };
  const mask = () => {
    unmask();
    const sheet = document.createElement("div");
    sheet.id = MASK;
    sheet.popover = "manual"; // above every dialog
    Object.assign(sheet.style, { position: "fixed", inset: "0", width: "100vw", height: "100vh", margin: "0", padding: "0", border: "0", background: "none", overflow: "hidden", pointerEvents: "none" });
    for (const { left, top, width, height } of still(() => hidden().flatMap(boxesOnPicture))) {
      const box = document.createElement("div");
      Object.assign(box.style, { position: "absolute", left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px`, background: MASK_COLOUR });
      sheet.append(box);
    }
    document.documentElement.append(sheet);
    sheet.showPopover();
    return { masked: sheet.childElementCount };
  };
  const unmask = () => document.getElementById(MASK)?.remove();
