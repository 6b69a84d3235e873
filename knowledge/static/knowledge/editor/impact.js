/* Asks the known questions of a draft, batch by batch, and adds up what would change. */
(() => {
  const post = (box, name) => box.querySelector(`[data-${name}]`);

  async function measure(box, run) {
    const counts = { new: 0, changed: 0, lost: 0, same: 0 };
    const bar = box.querySelector("progress");
    const list = post(box, "changes");
    const error = post(box, "error");
    if (error) error.hidden = true;
    if (list) list.replaceChildren();
    const whole = box.hasAttribute("data-whole");
    let next = 0, total = 1;
    while (next < total && box.isConnected && box.run === run) {
      let answer;
      try {
        const response = await fetch(`${box.dataset.knowledgeImpact}?from=${next}`, { credentials: "same-origin" });
        answer = await response.json();
      } catch { answer = { error: "…" }; }
      if (box.run !== run) return;
      if (answer.error) {
        if (error) { error.textContent = answer.error; error.hidden = false; }
        return;
      }
      if (answer.next <= next && next < answer.total) return;
      next = answer.next;
      total = whole ? answer.total : Math.min(answer.total, answer.likely);
      for (const [kind, count] of Object.entries(answer.counts)) {
        counts[kind] += count;
        const shown = box.querySelector(`[data-count="${kind}"]`);
        if (shown) shown.textContent = counts[kind];
      }
      if (list) list.insertAdjacentHTML("beforeend", answer.html);
      bar.max = total;
      bar.value = Math.min(next, total);
      post(box, "progress").textContent = ` ${Math.min(next, total)} / ${total}`;
    }
    box.dataset.done = "";
    const nothing = post(box, "nothing");
    if (nothing) nothing.hidden = counts.new + counts.changed + counts.lost > 0;
  }

  function start(box) {
    delete box.dataset.done;
    box.run = {};
    for (const shown of box.querySelectorAll("[data-count]")) shown.textContent = "0";
    measure(box, box.run);
  }

  const boxes = () => document.querySelectorAll("[data-knowledge-impact]");

  function whenSeen(box) {
    // Beside the preview it begins when the panel is opened: it costs the server something.
    new IntersectionObserver((entries, observer) => {
      if (entries.some((entry) => entry.isIntersecting)) { observer.disconnect(); box.seen = true; start(box); }
    }).observe(box);
  }

  let waiting;
  document.addEventListener("w-autosave:success", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => boxes().forEach((box) => box.seen && start(box)), 1500);
  });

  document.addEventListener("submit", async (event) => {
    const address = event.target.dataset.knowledgeAsk;
    if (!address) return;
    event.preventDefault();
    const told = document.querySelector("[data-knowledge-told]");
    told.setAttribute("aria-busy", "true");
    const response = await fetch(`${address}?${new URLSearchParams(new FormData(event.target))}`, { credentials: "same-origin" });
    const text = await response.text();
    if (response.ok) told.innerHTML = text; else told.textContent = text;
    told.removeAttribute("aria-busy");
  });

  const begin = () => boxes().forEach(whenSeen);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
