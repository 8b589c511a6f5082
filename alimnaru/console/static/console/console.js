"use strict";
/* Delegated listeners only: they outlive HTMX swaps, and nothing is evaluated (strict CSP). */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

/* Files: dropped ones go into the input; a chosen one is sent at once where the form says so. */
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".c-drop");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) {
      const input = zone.querySelector("input[type=file]");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form?.requestSubmit();
});

/* A second click must not send a form twice. Coming back by the browser's button frees it. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.closes !== undefined) form.closest("dialog")?.close();
  if (form.method === "get" || form.dataset.again !== undefined) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

/* What asks again by itself rests while nobody looks, and asks once when somebody does again. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const poll = event.target;
  if (poll.dataset?.poll === undefined || !document.hidden) return;
  event.preventDefault();
  poll.dataset.rests = "1";
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const poll of document.querySelectorAll("[data-poll][data-rests]")) {
    delete poll.dataset.rests;
    htmx.trigger(poll, "again");
  }
});

/* Seconds that run down between two looks: <b data-countdown>47</b>. Nothing is read aloud. */
setInterval(() => {
  for (const shown of document.querySelectorAll("[data-countdown]")) {
    const left = Number(shown.textContent);
    if (left > 0) shown.textContent = String(left - 1);
  }
}, 1000);

/* A page with an error summary starts there. */
const focusFirst = (root) => root.querySelector?.("[data-focus]")?.focus();
focusFirst(document);
document.addEventListener("htmx:load", (event) => focusFirst(event.target));

document.addEventListener("htmx:responseError", () => {
  const toast = document.getElementById("toast");
  if (toast) toast.textContent = document.documentElement.lang === "en"
    ? "The screen could not be refreshed. It will be tried again shortly."
    : "화면을 새로 고치지 못했습니다. 잠시 뒤 다시 시도합니다.";
});
