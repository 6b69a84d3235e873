/* The help centre works without this; with it, votes do not reload the page and the chat opens from a link too. */
(() => {
  const ready = () => {
    for (const button of document.querySelectorAll("[data-chat]")) {
      button.hidden = false;
      button.addEventListener("click", () => { if (window.postventa) window.postventa.open(); });
    }
    const form = document.querySelector(".helped form");
    form?.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = event.submitter?.value || "yes";
      const thanks = document.querySelector(`[data-thanks="${said}"]`);
      const sent = await fetch(form.action, { method: "POST", body: new URLSearchParams({ helped: said }), headers: { Accept: "application/json" } }).catch(() => null);
      if (!sent || !sent.ok) { form.submit(); return; }
      form.hidden = true;
      thanks.hidden = false;
      thanks.tabIndex = -1;
      thanks.focus();
    });
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready); else ready();
})();
