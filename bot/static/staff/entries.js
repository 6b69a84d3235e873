"use strict";
// Puts an entry that the stream has drawn where it belongs in the list that is shown.
(() => {
  const $ = (id) => document.getElementById(id);
  const me = () => $("desk").dataset.me;

  const inTab = {
    queue: (it) => it.owner === "queue",
    mine: (it) => it.owner === "agent" && it.keeper === me(),
    team: (it) => it.owner === "agent" && it.keeper !== me(),
    all: (it) => it.owner !== "resolved",
    resolved: (it) => it.owner === "resolved",
  };
  const byUrgency = (a, b) => a.urgency - b.urgency || a.asked - b.asked;
  const newestFirst = (a, b) => b.moved - a.moved;
  // What was put aside stands last until it comes back.
  const awakeFirst = (a, b) => a.asleep - b.asleep || newestFirst(a, b);
  const order = {
    queue: byUrgency,
    mine: awakeFirst,
    team: awakeFirst,
    all: (a, b) => a.urgency - b.urgency || newestFirst(a, b),
    resolved: newestFirst,
  };
  const PLAIN = ["channel", "language", "reason", "priority"];
  const fits = (it, list) => PLAIN.every((name) => {
    const wanted = list[`f${name[0].toUpperCase()}${name.slice(1)}`];
    return !wanted || it[name] === wanted;
  });
  // Words, products and waiting times are looked for by the server.
  const unknowable = (list) => Boolean(list.words || list.fProduct || list.fWaiting);

  const drawn = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
  };

  // Unread is each agent's own: what stood there, and each line of the customer that has come since. A list that was
  // fetched meanwhile may have counted the line already of which the stream tells.
  const unread = (entry, before) => {
    const looking = $("conversation")?.dataset.id === entry.dataset.id && document.visibilityState === "visible";
    const had = before?.classList.contains("unread") ? Number(before.querySelector(".dot .n")?.textContent || 0) : 0;
    const drawnCount = Number(entry.querySelector(".dot .n")?.textContent || 0);
    const fresh = before ? Math.max(0, entry.dataset.heard - before.dataset.heard) : 0;
    const count = looking || entry.dataset.owner === "bot" ? 0 : before ? had + fresh : drawnCount;
    entry.classList.toggle("unread", count > 0);
    let dot = entry.querySelector(".dot");
    if (!count) { dot?.remove(); return; }
    if (!dot) {
      dot = drawn(`<span class="dot"><span class="n"></span><span class="unseen"></span></span>`);
      dot.title = $("desk").dataset.unread;
      dot.querySelector(".unseen").textContent = ` ${$("desk").dataset.unread}`;
      entry.querySelector(".name").after(dot);
    }
    dot.querySelector(".n").textContent = count;
  };

  const place = (entry, list) => {
    const all = document.querySelector(".entries");
    const before = order[list.dataset.tab];
    const next = [...all.children].find((other) => before(entry.dataset, other.dataset) < 0);
    if (!next && list.dataset.more) return;
    all.insertBefore(entry, next || null);
  };

  // True where the list is right again without asking the server.
  const show = (event) => {
    const list = $("list");
    if (!list) return true;
    const entry = drawn(event.entry);
    const old = document.querySelector(`.entry[data-id="${event.conversation}"]`);
    const belongs = inTab[list.dataset.tab](entry.dataset) && fits(entry.dataset, list.dataset);
    if (unknowable(list.dataset) && belongs !== Boolean(old)) return false;
    const focused = old?.contains(document.activeElement);
    unread(entry, old);
    if (entry.dataset.keeper === me() && entry.querySelector(".holder")) entry.querySelector(".holder").textContent = $("desk").dataset.mine;
    old?.remove();
    if (belongs) {
      place(entry, list);
      htmx.process(entry);
      if (focused) entry.querySelector("a").focus({ preventScroll: true });
    }
    const empty = !document.querySelector(".entry");
    document.querySelector(".entries").hidden = empty;
    document.querySelector(".nothing")?.toggleAttribute("hidden", !empty);
    return !(empty && list.dataset.more) && (!empty || Boolean(document.querySelector(".nothing")));
  };

  const unreadOfMine = () => document.querySelectorAll(`.entry.unread[data-keeper="${me()}"]`).length;

  window.desk = { ...window.desk, entries: { show, unreadOfMine } };
})();
