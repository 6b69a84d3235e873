/* The body's tools, counters under the limited texts, and a stop before a text that is too long is sent and lost. */
(() => {
  const texts = JSON.parse(document.getElementById("knowledge-texts").textContent);
  const body = document.getElementById("id_body");
  if (!body) return;

  function changed(field) { field.dispatchEvent(new Event("input", { bubbles: true })); field.dispatchEvent(new Event("change", { bubbles: true })); field.focus(); }

  function insert(before, after = "", placeholder = "") {
    const chosen = body.value.slice(body.selectionStart, body.selectionEnd) || placeholder;
    const start = body.selectionStart;
    // execCommand keeps the browser's undo; setRangeText does not.
    body.focus();
    if (!document.execCommand("insertText", false, before + chosen + after)) body.setRangeText(before + chosen + after, body.selectionStart, body.selectionEnd, "end");
    body.setSelectionRange(start + before.length, start + before.length + chosen.length);
    changed(body);
  }

  function block(text) {
    const start = body.selectionStart;
    const gap = start === 0 || body.value.slice(0, start).endsWith("\n\n") ? "" : body.value[start - 1] === "\n" ? "\n" : "\n\n";
    insert(gap + text + "\n", "");
  }

  const tools = {
    heading: () => block(`## ${texts.heading_text}`),
    bold: () => insert("**", "**", texts.bold_text),
    steps: () => block(`1. ${texts.step}\n2. ${texts.step}`),
    list: () => block(`- ${texts.item}\n- ${texts.item}`),
    table: () => block(`| ${texts.column} | ${texts.column} |\n| --- | --- |\n| … | … |`),
    link: () => insert("[", "](slug.md)", texts.link_text),
    film: () => block(`[${texts.film_text}](https://…)`),
    picture: () => {
      new window.ImageChooserModal(texts.chooser).open({}, async (image) => {
        const response = await fetch(texts.picture.replace("/0/", `/${image.id}/`), { credentials: "same-origin" });
        if (response.ok) block(await response.text());
      });
    },
  };

  const bar = document.createElement("div");
  bar.className = "kn-tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", texts.tools);
  bar.setAttribute("aria-controls", body.id);
  for (const [name, run] of Object.entries(tools)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name === "picture" ? texts.picture_label : texts[name];
    button.disabled = name === "picture" && !window.ImageChooserModal;
    button.addEventListener("click", run);
    bar.append(button);
  }
  body.before(bar);

  const limited = [];
  for (const [id, limit] of Object.entries(texts.limits)) {
    const field = document.getElementById(id);
    if (!field) continue;
    // A browser cuts what is pasted beyond maxlength without a word.
    field.removeAttribute("maxlength");
    const left = document.createElement("p");
    left.className = "kn-left";
    left.id = `${id}-left`;
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${left.id}`.trim());
    const count = () => {
      // The server counts what a form sends: a line end is two characters.
      const used = [...field.value].length;
      const over = used - limit;
      left.textContent = over > 0 ? texts.over.replace("{over}", over.toLocaleString()).replace("{limit}", limit.toLocaleString()) : texts.used.replace("{used}", used.toLocaleString()).replace("{limit}", limit.toLocaleString());
      left.classList.toggle("kn-over", over > 0);
      if (over > 0) left.setAttribute("role", "alert"); else left.removeAttribute("role");
      return over;
    };
    field.after(left);
    field.addEventListener("input", count);
    count();
    limited.push([field, count]);
  }

  // What is too large for one request would come back as a bare error page, and the text with it.
  const form = body.form;
  form.addEventListener("submit", (event) => {
    const size = limited.reduce((sum, [field]) => sum + field.value.length, 0);
    if (size < texts.most) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const [field] = limited.find(([, count]) => count() > 0) || limited[0];
    field.focus();
    alert(texts.too_large);
  }, true);
})();
