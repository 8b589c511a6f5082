"use strict";
/* A variable goes to where the cursor stands; without this file it goes behind the body. */
let field = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("#editor-form :is(textarea, input[type=text])")) field = event.target;
});
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-insert]");
  if (!chip) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const into = field?.isConnected ? field : document.getElementById("id_body");
  into.setRangeText(chip.dataset.insert, into.selectionStart, into.selectionEnd, "end");
  into.focus();
  into.dispatchEvent(new Event("input", { bubbles: true }));
}, true);

/* A preview that comes after the form was drawn anew is of no use, and its counters are gone. Its
   element is out of the page by then, so that only a listener of its own hears of it. */
document.addEventListener("htmx:load", (event) => {
  const preview = event.target.querySelector?.("#preview");
  preview?.addEventListener("htmx:beforeSwap", (late) => {
    if (late.target === preview && !preview.isConnected) late.detail.shouldSwap = false;
  });
});
