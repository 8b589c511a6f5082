"use strict";
/* A file that the server would refuse for its size is not sent at all: before console.js sends it. */
document.addEventListener("change", (event) => {
  const input = event.target.closest?.("input[type=file][data-most]");
  if (!input) return;
  const wrong = document.getElementById("file-wrong");
  const large = input.files.length > 0 && input.files[0].size > Number(input.dataset.most);
  wrong.textContent = large ? wrong.dataset.tooLarge : "";
  if (large) {
    input.value = "";
    event.stopImmediatePropagation();
  }
}, true);
/* A chosen time means that a time was chosen. */
document.addEventListener("input", (event) => {
  if (event.target.id === "id_at") document.getElementById("w2").checked = true;
});
