"use strict";
// Keeps the page up to date: one stream for all tabs of this browser, and htmx to fetch what changed.
(() => {
  const $ = (id) => document.getElementById(id);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const title = document.title;
  let last = Number($("desk").dataset.last);
  let queue = null;
  let shown = "";
  let changed = new Set();
  let typing = 0;

  // One request at a time; what happens meanwhile is fetched by one more.
  const serial = (work) => {
    let busy = false, again = false;
    return async () => {
      again = true;
      if (busy) return;
      busy = true;
      while (again) {
        again = false;
        await work().catch(() => {});
        await pause(120);
      }
      busy = false;
    };
  };

  const list = serial(async () => {
    if ($("list")) await htmx.ajax("GET", $("list").dataset.url, { source: "#list", target: "#list", swap: "outerHTML" });
  });

  // Lines first, because that is what an agent waits for; who has it and what stands beside them, once it is calm.
  // One request at a time, so that no line comes twice.
  let whole = false, calm = 0;
  const fetched = serial(async () => {
    const only = whole ? "" : "&lines=1";
    whole = false;
    const open = $("conversation");
    if (!open) return;
    const lines = $("lines");
    const seqs = [...changed];
    changed = new Set();
    const after = Math.max(0, ...[...lines.querySelectorAll("[data-seq]")].map((line) => Number(line.dataset.seq)));
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 60;
    const seen = document.visibilityState === "visible" ? "&seen=1" : "";
    const url = `${open.dataset.news}?after=${after}&changed=${seqs.join(",")}${seen}${only}`;
    await htmx.ajax("GET", url, { source: open, target: open, swap: "none" });
    if (!lines.lastElementChild || Number(lines.lastElementChild.dataset.seq) <= after) return;
    if (atEnd) lines.scrollTop = lines.scrollHeight;
    $("jump").hidden = atEnd;
  });
  const news = () => { whole = true; return fetched(); };
  const lines = () => { clearTimeout(calm); calm = setTimeout(news, 600); return fetched(); };

  const everything = () => { list(); news(); };
  Object.assign(window.desk, { everything });

  const counted = (counts) => {
    Object.entries(counts).forEach(([name, count]) => {
      if (!$(`n-${name}`)) return;
      $(`n-${name}`).textContent = count;
      $(`n-${name}`).hidden = !count;
    });
    $("list").dataset.queue = counts.queue;
    $("list").dataset.attention = counts.queue + desk.entries.unreadOfMine();
    tidy();
  };

  const heard = (event) => {
    last = Math.max(last, event.id || 0);
    if (event.reload) return everything();
    if (event.counts) return counted(event.counts);
    const here = $("conversation")?.dataset.id === event.conversation;
    if (event.kind === "typing") {
      if (!here) return undefined;
      $("typing").hidden = false;
      clearTimeout(typing);
      typing = setTimeout(() => { if ($("typing")) $("typing").hidden = true; }, 6000);
      return undefined;
    }
    if (event.agent && String(event.agent) === $("desk").dataset.me) {
      $("announce").textContent = `${$("desk").dataset.rated} ${event.score || ""}`;
    }
    if (here) {
      if (event.kind === "delivery" || event.kind === "media") changed.add(event.seq);
      if (event.kind === "message") $("typing").hidden = true;
      if (["message", "delivery", "media"].includes(event.kind)) lines(); else news();
    }
    // The same customer writes elsewhere meanwhile: it stands beside the conversation that is open.
    const about = document.querySelector(".package-body")?.dataset.customer;
    if (!here && about && event.entry?.includes(`data-customer="${about}"`)) {
      clearTimeout(calm);
      calm = setTimeout(news, 600);
      if (event.kind === "message" && event.actor === "customer") $("announce").textContent = $("desk").dataset.elsewhere;
    }
    // What the stream could not draw, or what only the server can judge, is fetched.
    if (event.entry && !desk.entries.show(event)) later();
    return undefined;
  };

  // However fast events come, a list that the server narrows is fetched again and again.
  let due = 0;
  const later = () => { due = due || setTimeout(() => { due = 0; list(); }, 700); };

  // Browsers keep six connections to a server: of several tabs only one listens and tells the others.
  const radio = "BroadcastChannel" in window ? new BroadcastChannel("desk") : null;
  if (radio) radio.onmessage = (message) => (message.data.wire ? wire(message.data.wire) : heard(message.data));
  const tell = (message) => { radio?.postMessage(message); if (message.wire) wire(message.wire); else heard(message); };
  const wire = (state) => {
    $("wire").className = `wire ${state}`;
    $("wire").textContent = $("wire").dataset[state];
  };
  const listen = () => {
    const source = new EventSource(`${$("desk").dataset.events}?after=${last}`);
    // The stream goes on where it was cut, by the number of the last event.
    source.onopen = () => { tell({ wire: "on" }); };
    source.onerror = () => {
      tell({ wire: "off" });
      // A browser gives up after a refusal: fetching the list leads to the sign-in page where that is the reason.
      if (source.readyState === EventSource.CLOSED) { list(); setTimeout(listen, 3000); }
    };
    source.addEventListener("change", (e) => tell({ ...JSON.parse(e.data), id: Number(e.lastEventId) }));
    source.addEventListener("counts", (e) => tell({ counts: JSON.parse(e.data) }));
    source.addEventListener("reload", (e) => tell({ reload: true, id: Number(e.lastEventId) }));
    source.addEventListener("signed-out", () => location.reload());
  };
  if (radio && navigator.locks) {
    wire("on");
    navigator.locks.request("desk", () => new Promise(listen));
  } else listen();

  // After every change of the page: the open entry, the title, what is new, and where to look.
  const tidy = () => {
    const open = $("conversation")?.dataset.id || "";
    document.querySelectorAll(".entry").forEach((entry) => {
      const link = entry.querySelector("a");
      if (entry.dataset.id === open) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      if (entry.dataset.id === open && document.visibilityState === "visible") entry.classList.remove("unread");
    });
    const waiting = Number($("list").dataset.queue);
    const attention = Number($("list").dataset.attention);
    document.title = attention ? `(${attention}) ${title}` : title;
    if (queue !== null && waiting > queue) {
      $("announce").textContent = `${$("desk").dataset.new}: ${waiting}`;
      if (window.desk.ring) window.desk.ring();
    }
    queue = waiting;
    const here = new URL(location.href);
    if (here.searchParams.get("tab") !== $("list").dataset.tab) {
      here.searchParams.set("tab", $("list").dataset.tab);
      history.replaceState(history.state, "", here);
    }
    if (open === shown) return;
    shown = open;
    if (!open) return;
    $("desk").dataset.pane = "thread";
    $("lines").scrollTop = $("lines").scrollHeight;
    document.dispatchEvent(new Event("desk:opened"));
  };
  document.addEventListener("htmx:afterSettle", tidy);
  document.addEventListener("htmx:historyRestore", () => { shown = ""; tidy(); everything(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") everything(); });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig?.verb === "post" && event.detail.xhr.status === 204) everything();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#jump")) { $("lines").scrollTop = $("lines").scrollHeight; $("jump").hidden = true; }
  });
  document.addEventListener("scroll", (event) => {
    const at = event.target;
    if (at.id === "lines" && at.scrollHeight - at.scrollTop - at.clientHeight < 60) $("jump").hidden = true;
  }, true);

  setInterval(() => {
    // Whom the list shows for having waited long enough only the clock decides.
    if ($("list")?.dataset.fWaiting) list();
    document.querySelectorAll("time[data-ago]").forEach((time) => {
      const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
      time.textContent = minutes < 1 ? "<1 min" : minutes < 60 ? `${minutes} min`
        : minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
    });
    document.querySelectorAll(".promise").forEach((chip) => {
      const now = Date.now();
      chip.classList.toggle("broken", now >= Date.parse(chip.dataset.due));
      chip.classList.toggle("soon", now < Date.parse(chip.dataset.due) && now >= Date.parse(chip.dataset.warn));
    });
    document.querySelectorAll("[data-left]").forEach((left) => {
      const minutes = Math.max(0, Math.floor((Date.parse(left.dataset.left) - Date.now()) / 60000));
      // Closed this moment: what can still be written is another thing now.
      if (Date.now() >= Date.parse(left.dataset.left)) news();
      left.textContent = minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`;
    });
  }, 20000);
  document.addEventListener("DOMContentLoaded", tidy);
})();
