"use strict";
// What goes along with the agent's words: files, articles and canned replies. Nothing here sends anything.
(() => {
  const $ = (id) => document.getElementById(id);
  const place = () => `along:${$("conversation").dataset.id}`;
  const fresh = () => ({ files: [], articles: [], canned: [] });
  let along = fresh();
  let coming = new Map();

  const say = (text) => document.dispatchEvent(new CustomEvent("desk:problem", { detail: text }));
  const write = (changed = true) => {
    if (!$("along")) return;
    $("files").value = along.files.map((file) => file.id).join(",");
    $("articles").value = along.articles.map((article) => article.slug).join(",");
    $("canned").value = along.canned.join(",");
    if (along.files.length || along.articles.length || along.canned.length) sessionStorage.setItem(place(), JSON.stringify(along));
    else sessionStorage.removeItem(place());
    // What goes along is part of the message: other files make it another message.
    if (changed) $("text").dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  };
  const row = (name, remove) => {
    const item = document.createElement("li");
    const label = document.createElement("span");
    label.textContent = name;
    item.append(label);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "×";
    button.setAttribute("aria-label", `${$("attach").dataset.remove}: ${name}`);
    button.addEventListener("click", () => { remove(); $("text").focus(); });
    item.append(button);
    return item;
  };
  const draw = () => {
    const list = $("along");
    list.replaceChildren();
    along.files.forEach((file) => list.append(row(`📎 ${file.name}`, () => {
      const headers = JSON.parse(document.body.getAttribute("hx-headers"));
      fetch(`${$("attach").dataset.url}/${file.id}/forget`, { method: "POST", headers }).catch(() => {});
      along.files = along.files.filter((other) => other.id !== file.id);
      write();
    })));
    along.articles.forEach((article) => list.append(row(`§ ${article.title}`, () => {
      along.articles = along.articles.filter((other) => other.slug !== article.slug);
      write();
    })));
    coming.forEach((entry) => list.append(entry.item));
  };

  const send = (file) => {
    const field = $("attach"), here = place(), { dataset } = field;
    if (file.size > Number(dataset.limit)) return say(`${file.name}: ${dataset.large}`);
    const request = new XMLHttpRequest();
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const item = row(`📎 ${file.name}`, () => { request.abort(); });
    item.append(bar);
    coming.set(request, { item });
    draw();
    const done = (problem) => {
      coming.delete(request);
      if (problem) say(`${file.name}: ${problem}`);
      if ($("along")) draw();
    };
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.onabort = () => done("");
    request.onerror = () => done(dataset.broken);
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
      if (request.status !== 201) return done(answer.problem || dataset.broken);
      // The agent may have gone on to another conversation: the file waits where it was attached.
      if (!$("conversation") || place() !== here) {
        const kept = JSON.parse(sessionStorage.getItem(here) || "null") || fresh();
        kept.files.push({ id: answer.id, name: answer.name });
        sessionStorage.setItem(here, JSON.stringify(kept));
        return done("");
      }
      along.files.push({ id: answer.id, name: answer.name });
      coming.delete(request);
      return write();
    };
    request.open("POST", dataset.url);
    Object.entries(JSON.parse(document.body.getAttribute("hx-headers"))).forEach(([name, value]) => request.setRequestHeader(name, value));
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
    return undefined;
  };

  document.addEventListener("desk:opened", () => {
    along = JSON.parse(sessionStorage.getItem(place()) || "null") || fresh();
    coming = new Map();
    write(false);
  });
  // What could be answered is looked up when there is something new to answer.
  let asked = "";
  const lookUp = () => {
    const said = [...document.querySelectorAll("#lines .line.customer")].at(-1);
    const now = $("suggested") && said ? `${$("conversation").dataset.id} ${said.dataset.seq}` : "";
    if (!now || now === asked) return;
    asked = now;
    htmx.trigger("#suggested", "desk:asked");
  };
  document.addEventListener("desk:opened", () => { asked = ""; lookUp(); });
  document.addEventListener("htmx:oobAfterSwap", lookUp);
  document.addEventListener("desk:sent", () => { along = fresh(); write(false); });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "attach") return;
    [...event.target.files].forEach(send);
    event.target.value = "";
    $("text").focus();
  });
  document.addEventListener("paste", (event) => {
    if (event.target.id !== "text" || !event.clipboardData.files.length) return;
    event.preventDefault();
    [...event.clipboardData.files].forEach(send);
  });
  document.addEventListener("dragover", (event) => { if (event.target.closest?.("#composer")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!event.target.closest?.("#composer") || !event.dataTransfer.files.length) return;
    event.preventDefault();
    [...event.dataTransfer.files].forEach(send);
  });

  // Put words where the cursor is, and the first gap in them under it.
  const insert = (words) => {
    const text = $("text");
    $("mode-reply").checked = true;
    const { selectionStart: start, selectionEnd: end, value } = text;
    const before = value.slice(0, start), after = value.slice(end);
    const glue = before && !/\s$/.test(before) ? "\n" : "";
    text.value = before + glue + words + after;
    const begin = before.length + glue.length;
    const gap = words.match(/\{[a-z_]+\}/);
    text.focus();
    if (gap) text.setSelectionRange(begin + gap.index, begin + gap.index + gap[0].length);
    else text.setSelectionRange(begin + words.length, begin + words.length);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "do-attach") $("attach").click();
    if (["send-reply", "send-note"].includes(button.id) && coming.size) {
      event.stopImmediatePropagation();
      say($("attach").dataset.wait);
      return;
    }
    if (button.dataset.dialog) $(button.dataset.dialog).querySelectorAll("[data-first]").forEach((first) => htmx.trigger(first, "desk:show"));
    if (button.dataset.insert === undefined || !$("text")) return;
    const { article, title, canned } = button.dataset;
    button.closest("dialog")?.close();
    $("desk").dataset.pane = "thread";
    insert(button.dataset.insert);
    if (article && !along.articles.some((other) => other.slug === article)) along.articles.push({ slug: article, title });
    if (canned && !along.canned.includes(canned)) along.canned.push(canned);
    write();
  }, true);
  // What a conversation is about is corrected by choosing something else.
  document.addEventListener("change", (event) => {
    const { postChange } = event.target.dataset;
    if (!postChange || !event.target.value) return;
    const values = Object.fromEntries(new FormData(event.target.form));
    htmx.ajax("POST", postChange, { source: $("desk"), target: $("desk"), swap: "none", values }).catch(() => {});
  });
  // A slash in an empty text opens the canned replies.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.id !== "text" || event.target.value) return;
    event.preventDefault();
    $("do-canned").click();
  });
})();
