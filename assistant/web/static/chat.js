"use strict";
// What Gradio's chat lacks for people who use a screen reader, and for reading in French.
(() => {
  document.documentElement.lang = "fr";
  let shown = 0;
  let timer = 0;

  // Gradio labels each message with its HTML source, which hides the message itself.
  const relabel = () => {
    for (const message of document.querySelectorAll(
      "#conversation [data-testid=bot], #conversation [data-testid=user]",
    )) {
      message.removeAttribute("aria-label");
      message.removeAttribute("dir");
    }
    const log = document.querySelector("#conversation [role=log]");
    if (log && log.getAttribute("aria-label") !== "Conversation") {
      log.setAttribute("aria-label", "Conversation");
    }
    for (const title of document.querySelectorAll("title")) {
      if (title.textContent === "Gradio") title.remove();
    }
  };

  // The last question goes to the top of the window, its answer below it.
  const follow = () => {
    const parts = document.querySelectorAll("#conversation :is(.asked, .answer)");
    const asked = document.querySelectorAll("#conversation .asked");
    if (parts.length > shown && asked.length) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      asked[asked.length - 1].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    }
    shown = parts.length;
  };

  new MutationObserver(() => {
    relabel();
    clearTimeout(timer);
    timer = setTimeout(follow, 60);
  }).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-label"],
  });
})();
