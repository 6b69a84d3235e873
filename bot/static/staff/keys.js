"use strict";
// Everything by keyboard; the list of keys is in the dialog that ? opens.
(() => {
  const $ = (id) => document.getElementById(id);
  const click = (...ids) => ids.map($).find((button) => button && !button.disabled)?.click();

  const step = (by) => {
    const links = [...document.querySelectorAll(".entry a")];
    const now = links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = links[now < 0 ? (by > 0 ? 0 : links.length - 1) : now + by];
    if (!next) return;
    next.focus();
    next.click();
  };
  const write = (mode) => {
    if (!$("text")) return;
    $("desk").dataset.pane = "thread";
    $(`mode-${mode}`).checked = true;
    $("text").focus();
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    r: () => write("reply"),
    n: () => write("note"),
    t: () => click("do-take", "do-take-over"),
    b: () => click("do-return"),
    e: () => click("do-resolve"),
    p: () => click("do-pass"),
    z: () => click("do-snooze"),
    u: () => click("do-undo"),
    a: () => click("do-articles"),
    d: () => $("conversation") && click("do-details"),
    1: () => click("tab-queue"),
    2: () => click("tab-mine"),
    3: () => click("tab-team"),
    4: () => click("tab-all"),
    5: () => click("tab-resolved"),
    f: () => {
      $("desk").dataset.pane = "list";
      document.querySelector(".sieve").open = true;
      $("filter-channel").focus();
    },
    "/": () => { $("desk").dataset.pane = "list"; $("search").focus(); $("search").select(); },
    "?": () => $("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=radio]), textarea, select");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "text") {
      event.preventDefault();
      click($("mode-note").checked ? "send-note" : "send-reply");
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("dialog")) {
      event.target.closest("dialog").querySelector("button.main").click();
    } else if (event.key === "Escape" && field && !event.target.closest("dialog")) {
      field.blur();
      $("lines")?.focus();
    } else if (!field && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]") && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
})();
