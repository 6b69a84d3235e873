"use strict";
// The load is drawn anew when something happens, at most once a second, and every half minute because time passes.
(() => {
  const $ = (id) => document.getElementById(id);
  let timer = 0;
  const draw = () => {
    timer = 0;
    htmx.ajax("GET", $("floor").dataset.url, { source: "#floor", target: "#floor", swap: "outerHTML" });
  };
  const soon = () => { timer = timer || setTimeout(draw, 1000); };
  const source = new EventSource($("floor-page").dataset.events);
  source.addEventListener("change", (event) => { if (event.data.includes('"entry"')) soon(); });
  source.addEventListener("reload", soon);
  source.addEventListener("signed-out", () => location.reload());
  setInterval(draw, 30000);
})();
