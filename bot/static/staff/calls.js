"use strict";
// The page of call-backs: its buttons post, and the page is read anew.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-post]");
  if (!button || (button.dataset.confirm && !window.confirm(button.dataset.confirm))) return;
  const form = button.dataset.with && document.getElementById(button.dataset.with);
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
  button.disabled = true;
  const answer = await fetch(button.dataset.post, {
    method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(form ? new FormData(form) : {}),
  }).catch(() => null);
  button.disabled = false;
  if (answer?.status === 204) { window.location.reload(); return; }
  const problem = document.getElementById("problem");
  problem.hidden = false;
  problem.className = "problem";
  problem.textContent = answer?.status === 422
    ? new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim()
    : document.getElementById("desk").dataset.failed;
});
