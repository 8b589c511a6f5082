"use strict";
/* Delegated listeners only: they outlive HTMX swaps, and nothing is evaluated (strict CSP). */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

/* On a phone the menu is folded away (frame.css, where scripts run), so that a page begins at the top. */
document.addEventListener("click", (event) => {
  const button = event.target.closest(".c-nav-open");
  if (button) button.setAttribute("aria-expanded", button.getAttribute("aria-expanded") !== "true");
});

/* What is shown once is copied by a button. Without https a browser gives no clipboard: then it is
   selected, for the person's own Ctrl+C. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const shown = document.getElementById(button.dataset.copy);
  const toast = document.getElementById("toast");
  try {
    await navigator.clipboard.writeText(shown.textContent);
    toast.textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(shown);
    toast.textContent = button.dataset.notCopied;
  }
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

/* The session's end. The server counts from the last request of a person's; so do all tabs of this
   browser, through localStorage. A key or a click says that somebody is there, at most once a minute. */
const left = document.getElementById("session-left");
if (left) {
  const SEEN = "alimnaru.seen";
  const idle = Number(left.dataset.idle) * 1000;
  const warning = Number(left.dataset.warning) * 1000;
  const dialog = document.getElementById("idle");
  const said = dialog.querySelector("[data-idle-said]");
  const csrf = () => document.querySelector("#idle-out [name=csrfmiddlewaretoken]").value;
  let seen = Date.now();
  let announced = false;
  let ended = false;

  const note = (at) => {
    seen = at;
    announced = false;
    said.textContent = "";
    if (dialog.open) dialog.close();
  };
  const noteHere = () => {
    note(Date.now());
    try { localStorage.setItem(SEEN, String(seen)); } catch { /* private mode: this tab alone */ }
  };
  const leave = () => {
    if (ended) return;
    ended = true;
    const form = document.getElementById("idle-out");
    const mark = document.createElement("input");
    mark.type = "hidden"; mark.name = "idle"; mark.value = "1";
    form.append(mark);
    form.submit();
  };
  const extend = async (address) => {
    const answer = await fetch(address, {
      method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" },
    }).catch(() => null);
    if (!answer) return;
    if (answer.ok && !answer.headers.get("HX-Redirect")) noteHere();
    else leave();
  };
  const show = () => {
    const rest = Math.max(0, Math.ceil((seen + idle - Date.now()) / 1000));
    const text = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    for (const clock of document.querySelectorAll("[data-left],[data-idle-left]")) clock.textContent = text;
    if (rest === 0) return leave();
    if (rest * 1000 <= warning && !dialog.open) dialog.showModal();
    if (rest <= 60 && !announced) {
      announced = true;
      said.textContent = said.dataset.text.replace("{n}", "1");
    }
  };

  noteHere();
  show();
  setInterval(show, 1000);
  addEventListener("storage", (event) => { if (event.key === SEEN && event.newValue) note(Number(event.newValue)); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-extend]");
    if (button) extend(button.dataset.extend);
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    extend(dialog.querySelector("[data-extend]").dataset.extend);
  });
  const there = () => {
    if (!dialog.open && Date.now() - seen > 60000) extend(left.querySelector("[data-extend]").dataset.extend);
  };
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, there, { passive: true });
  document.addEventListener("htmx:afterRequest", (event) => {
    const headers = event.detail.requestConfig?.headers ?? {};
    if (event.detail.successful && !("X-Alimnaru-Poll" in headers)) noteHere();
  });
}
