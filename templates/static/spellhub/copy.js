/* Shows the copy buttons, which do nothing without this script, and lets them copy. */
"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.classList.add("is-done");
        setTimeout(() => button.classList.remove("is-done"), 1500);
    });
}
