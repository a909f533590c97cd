// Counts the questions of the page's own scripts that are not answered yet: what shows meanwhile may still change.
(() => {
  const state = (globalThis[Symbol.for("arende.state")] ??= { since: 0, kept: [] });
  state.unanswered = 0;
  const end = () => { state.unanswered--; };
  const counted = (ask) => function (...given) {
    state.unanswered++;
    const answer = ask.apply(this, given);
    answer.then(end, end);
    return answer;
  };
  const ask = counted(globalThis.fetch);
  globalThis.fetch = async function (...given) {
    const answer = await ask.apply(this, given);
    for (const way of ["json", "text", "blob", "arrayBuffer", "formData"]) answer[way] = counted(answer[way]);
    return answer;
  };
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...given) {
    state.unanswered++;
    this.addEventListener("loadend", end, { once: true });
    return send.apply(this, given);
  };
})();
