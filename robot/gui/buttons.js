// What can be pressed on the page, also where it does not say so. Put into page.js.
  const BUTTONS = "button,a[href],input[type=submit],input[type=button],input[type=image],summary,[role=button],[role=link],[role=tab],[role=menuitem],[onclick]";
  const MAYBE = "div,span,td,li,p,b,img,i,a:not([href]),svg";
  const isBusyBox = (el) => el.closest(BUTTONS) || el.closest("label") || el.matches(CONTROLS) || el.closest("[role=option],[role=listbox]") || holds(el) || el.querySelector(BUTTONS);
  // Something that is pressed and does not say so: the hand shows over it, and not over what it stands in.
  const unsaid = (start) =>
    all(MAYBE, start).filter((el) => {
      if (getComputedStyle(el).cursor !== "pointer" || isBusyBox(el)) return false;
      const outer = el.parentElement || root(el).host;
      return !outer || getComputedStyle(outer).cursor !== "pointer";
    });
  const pressable = () => {
    const start = scope();
    const said = all(BUTTONS, start).filter((el) => !el.matches(CONTROLS) && !(el.matches("[onclick]") && (holds(el) || el.matches("tr,body,form,label"))));
    return [...said, ...unsaid(start)];
  };
  const buttonsNamed = (wanted) => {
    const found = pressable(), same = found.filter((el) => name(el) === wanted);
    const several = !same.length && /^(.+) \((\d+) av (\d+)\)$/.exec(wanted);
    if (!several) return same;
    const those = found.filter((el) => name(el) === several[1]);
    return those.length === Number(several[3]) ? those.slice(several[2] - 1, several[2]) : [];
  };
  // Of buttons that stand more than once: which form each one sends, and how; "" for none.
  const sends = (pressed) => {
    const forms = [...document.forms];
    const how = (el) => (el.form && el.type === "submit" ? JSON.stringify([forms.indexOf(el.form), el.name, el.value, el.formAction, el.formMethod, el.getAttribute("onclick")]) : "");
    const names = pressed.map(([text]) => text);
    return pressed.map(([text, el]) => (names.indexOf(text) === names.lastIndexOf(text) ? "" : how(el)));
  };
