"use strict";
// The button of a link that brings a conversation to the web chat. The token stands behind the # and is never sent
// before the button is pressed, so that whoever only looks at the link uses nothing up.
(() => {
  const $ = (id) => document.getElementById(id);
  const token = decodeURIComponent(location.hash.slice(1));
  const show = (id) => {
    $("go").hidden = !["ready", "offline", "busy"].includes(id);
    if (id === "busy") $("go").disabled = false;
    for (const each of document.querySelectorAll("[data-state]")) each.hidden = each.id !== id;
    $(id).focus?.();
  };
  if (!token) return show("gone");
  show("ready");

  // The widget keeps its session under its own address, shared by all pages of this site.
  const session = async () => {
    await window.postventa.session();
    const base = new URL($("widget").src).href.replace(/\/static\/.*$/, "");
    return JSON.parse(localStorage.getItem(`postventa:${base}:session`));
  };
  // Where the browser keeps nothing between requests, the code can still be written into the chat by hand.
  const byHand = () => {
    try {
      const code = JSON.parse(atob(token.split(":")[0].replace(/-/g, "+").replace(/_/g, "/")));
      $("code").textContent = `${code.slice(0, 4)}-${code.slice(4)}`;
      show("by-hand");
    } catch {
      show("gone");
    }
    window.postventa?.open();
  };
  $("go").addEventListener("click", async () => {
    $("go").disabled = true;
    let mine;
    try {
      mine = await session();
    } catch {
      mine = null;
    }
    if (!mine?.token) return byHand();
    let answer;
    try {
      answer = await fetch("/web/continue", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${mine.token}` },
        body: JSON.stringify({ token }),
        credentials: "omit",
      });
    } catch {
      $("go").disabled = false;
      return show("offline");
    }
    if (answer.status === 409 && (await answer.json()).error.code === "busy") return show("busy");
    if (!answer.ok) return show("gone");
    history.replaceState(null, "", location.pathname);
    show("done");
    return window.postventa.open();
  });
})();
