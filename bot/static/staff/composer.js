"use strict";
// What the agent is typing is kept until it was sent: per conversation, over reloads and refusals.
(() => {
  const $ = (id) => document.getElementById(id);
  const place = () => `draft:${$("conversation").dataset.id}`;
  const key = () => crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`;

  const count = () => {
    const { value } = $("text");
    const limit = Number($("count").dataset.limit);
    $("count").textContent = value.length > limit * 0.8 ? `${value.length} / ${limit}` : "";
    $("count").classList.toggle("over", value.length > limit);
  };
  const mode = (name) => { $(`mode-${name}`).checked = true; };
  const keep = () => {
    const { value } = $("text");
    const note = $("mode-note").checked;
    if (value) sessionStorage.setItem(place(), JSON.stringify({ value, note, key: $("key").value }));
    else sessionStorage.removeItem(place());
    count();
  };
  const restore = () => {
    const draft = JSON.parse(sessionStorage.getItem(place()) || "null");
    $("text").value = draft ? draft.value : "";
    $("key").value = draft ? draft.key : key();
    if (draft?.note || ($("send-reply").disabled && !draft)) mode("note");
    count();
  };
  document.addEventListener("desk:opened", restore);
  // Another text is another message: only the very same one, sent again after a broken connection, is a repetition.
  document.addEventListener("input", (event) => {
    if (event.target.id === "text") { $("key").value = key(); $("problem").hidden = true; keep(); typing(); }
  });
  // Customers on the web see that somebody is writing to them; not with every key, and never of a note.
  let typedAt = 0;
  const typing = () => {
    if ($("mode-note").checked || Date.now() - typedAt < 5000) return;
    typedAt = Date.now();
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    fetch(`/desk/c/${$("conversation").dataset.id}/typing`, { method: "POST", headers }).catch(() => {});
  };
  document.addEventListener("change", (event) => { if (event.target.name === "mode") { keep(); $("text").focus(); } });

  const problem = (text) => {
    const place = $("problem");
    if (!place) return;
    place.className = "problem";
    place.setAttribute("role", "alert");
    place.hidden = false;
    place.textContent = text;
  };
  document.addEventListener("desk:problem", (event) => problem(event.detail));
  // Buttons come and go with the state of the conversation; the request belongs to what stays on the page.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-post]");
    if (!button || (button.dataset.confirm && !window.confirm(button.dataset.confirm))) return;
    const values = button.dataset.with ? Object.fromEntries(new FormData($(button.dataset.with))) : {};
    if (button.dataset.sure) values.sure = button.dataset.sure;
    if ($("problem")) $("problem").hidden = true;
    button.closest("dialog")?.close();
    button.disabled = true;
    const source = $("desk");
    await htmx.ajax("POST", button.dataset.post, { source, target: source, swap: "none", values }).catch(() => {});
    button.disabled = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig, pathInfo } = event.detail;
    if (requestConfig?.verb !== "post") return;
    if (xhr.status === 0 || xhr.status >= 500 || [400, 403, 413].includes(xhr.status)) return problem($("desk").dataset.failed);
    if (xhr.status !== 204) return;
    const [, id, verb] = pathInfo.requestPath.match(/\/c\/([^/]+)\/([a-z_]+)/) || [];
    if (id !== $("conversation")?.dataset.id) return;
    if (["return", "resolve", "transfer", "snooze"].includes(verb)) document.querySelectorAll("#work dialog textarea, #form-snooze input[name=note], #form-snooze input[name=at]").forEach((text) => { text.value = ""; });
    if ((verb === "reply" || verb === "note") && requestConfig.formData.get("key") === $("key").value) {
      $("text").value = "";
      $("key").value = key();
      mode("reply");
      keep();
      document.dispatchEvent(new Event("desk:sent"));
      $("text").focus();
    }
  });

  // Dialogs, panes and sound: buttons that only change the page.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, a.ref");
    if (!button) return;
    if (button.dataset.dialog) $(button.dataset.dialog).showModal();
    if ("close" in button.dataset) button.closest("dialog").close();
    if (button.dataset.pane) {
      const pane = button.dataset.pane;
      $("desk").dataset.pane = $("desk").dataset.pane === "package" && pane === "package" ? "thread" : pane;
    }
    if (button.matches("a.ref")) {
      event.preventDefault();
      const line = $(button.hash.slice(1));
      if (!line) return;
      if (line.matches(".line")) $("desk").dataset.pane = "thread";
      line.scrollIntoView({ block: "center" });
      line.focus({ preventScroll: true });
      line.classList.remove("found");
      requestAnimationFrame(() => line.classList.add("found"));
    }
    if (button.id === "sound") sound(button.getAttribute("aria-pressed") !== "true");
  });
  let audio = null;
  const sound = (on) => {
    $("sound").setAttribute("aria-pressed", String(on));
    localStorage.setItem("desk-sound", on ? "on" : "");
    audio = on ? audio || new AudioContext() : audio;
    window.desk.ring = on ? ring : null;
  };
  const ring = () => {
    const tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.08, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.35);
  };
  if (localStorage.getItem("desk-sound")) sound(true);
})();
