"use strict";
// What Gradio's chat lacks: the passage beside the answer, feedback, copying, an address for the
// conversation, and what people who use a screen reader need. Without it every link still works.
(() => {
  const query = new URLSearchParams(location.search);
  const isFrench = (query.get("lang") || navigator.language || "fr").slice(0, 2) !== "en";
  document.documentElement.lang = isFrench ? "fr" : "en";
  const UNSENT = "aap-unsent";
  let words = null;
  const ready = fetch(`/api/v1/texts?lang=${document.documentElement.lang}`)
    .then((response) => response.json())
    .then((found) => { words = found; });
  let shown = 0;
  let spoken = 0;
  let timer = 0;

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const live = make("div", { id: "live", role: "status", class: "speaker" });
  const panel = make("aside", { id: "panel", hidden: "" });

  // Gradio labels each message with its HTML source, which hides the message itself.
  const relabel = () => {
    if (document.body && !live.isConnected) document.body.append(live, panel); // Gradio empties the page once
    for (const button of document.querySelectorAll("#conversation .act.wrong:not([aria-expanded])")) {
      button.setAttribute("aria-expanded", "false");
    }
    for (const message of document.querySelectorAll(
      "#conversation [data-testid=bot], #conversation [data-testid=user]",
    )) {
      message.removeAttribute("aria-label");
      message.removeAttribute("dir");
    }
    for (const list of document.querySelectorAll("#conversation .examples[role=list]")) {
      list.setAttribute("role", "group"); // a list of buttons has no items
      list.setAttribute("aria-label", words?.examples_title ?? "");
    }
    const log = document.querySelector("#conversation [role=log]");
    if (log) {
      // One announcement an answer is made by #live; the log would repeat all of it.
      if (log.getAttribute("aria-label") !== "Conversation") log.setAttribute("aria-label", "Conversation");
      if (log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
    }
    for (const title of document.querySelectorAll("title")) {
      if (title.textContent === "Gradio") title.remove();
    }
  };

  const ids = () => [...document.querySelectorAll("#conversation .actions")].map((bar) => bar.id.slice(8));

  // The last question goes to the top of the window, its answer below it.
  const follow = () => {
    const parts = document.querySelectorAll("#conversation :is(.asked, .answer)");
    const asked = document.querySelectorAll("#conversation .asked");
    if (parts.length > shown && asked.length && shown + 2 >= parts.length) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      asked[asked.length - 1].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    }
    shown = parts.length;
    const answers = document.querySelectorAll("#conversation .answer");
    if (answers.length > spoken && words) {
      live.textContent = `${words.answer_ready} ${answers[answers.length - 1].querySelector(".text").innerText}`;
    }
    spoken = answers.length;
    // The address names the conversation: it can be reloaded, left and come back to.
    const address = new URL(location.href);
    const trail = ids().join(",");
    if (trail) address.searchParams.set("answers", `:${trail}`);
    else if (document.querySelector("#conversation .placeholder, #conversation .example")) address.searchParams.delete("answers");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
    for (const link of document.querySelectorAll("#header a[href^='/?']")) {
      link.removeAttribute("target"); // Gradio would open the other language in a new tab
      const other = new URL(link.href);
      if (trail) other.searchParams.set("answers", `:${trail}`);
      else other.searchParams.delete("answers");
      if (link.href !== other.href) link.href = other.href;
    }
  };

  // The passage beside the chat, on wide screens.
  let opener = null;
  const closePanel = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    document.body.classList.remove("with-panel");
    if (opener && opener.isConnected) opener.focus();
    else document.querySelector("#question textarea")?.focus();
    opener = null;
  };
  const openPanel = async (link) => {
    const response = await fetch(link.href, { headers: { "Accept-Language": document.documentElement.lang } });
    if (!response.ok) throw new Error(String(response.status));
    await ready;
    // Our own page, every character of the document escaped by the server; scripts do not run here.
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const article = page.querySelector("article");
    const title = make("h2", { id: "panel-title" }, words.passage_panel);
    const close = make("button", { type: "button", id: "panel-close" }, words.close);
    close.addEventListener("click", closePanel);
    const whole = make("a", { href: link.href, target: "_blank", rel: "noopener" }, words.open_page);
    const body = make("div", { class: "passage", tabindex: "0", role: "group", "aria-labelledby": "panel-title" });
    body.append(document.importNode(article, true));
    panel.replaceChildren(make("div", { class: "panel-head" }, title, close), make("p", { class: "panel-whole" }, whole), body);
    panel.setAttribute("aria-labelledby", "panel-title");
    panel.hidden = false;
    document.body.classList.add("with-panel");
    opener = link;
    const mark = body.querySelector("mark");
    close.focus({ preventScroll: true });
    if (mark) body.scrollTop = mark.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 4;
  };

  const copy = async (text, done) => {
    try { await navigator.clipboard.writeText(text); done.textContent = words.copied; }
    catch { done.textContent = words.not_copied; }
    live.textContent = done.textContent;
  };
  const give = async (id, body, done) => {
    let kept = false;
    try {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(`/api/v1/answers/${encodeURIComponent(id)}/feedback`, { method: "POST", headers, body: JSON.stringify(body) });
      kept = response.ok;
    } catch { /* said below */ }
    live.textContent = done.textContent = kept ? words.thanks : words.not_sent;
    return kept;
  };
  const askWhy = (id, bar, button, done) => {
    const open = bar.querySelector("form");
    button.setAttribute("aria-expanded", String(!open));
    if (open) { open.remove(); return; }
    const reasons = ["incorrect", "incomplete", "wrong_passage", "unclear", "other"];
    const set = make("fieldset", {}, make("legend", {}, words.why), ...reasons.map((reason) =>
      make("label", {}, make("input", { type: "checkbox", value: reason }), ` ${words[`reason_${reason}`]}`)));
    const comment = make("textarea", { rows: "2", maxlength: "2000" });
    const form = make("form", { class: "why" }, set, make("label", {}, words.comment, comment), make("button", { type: "submit" }, words.send_feedback));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const chosen = [...form.querySelectorAll("input:checked")].map((box) => box.value);
      if (await give(id, { verdict: "wrong", reasons: chosen, comment: comment.value }, done)) {
        form.remove();
        button.setAttribute("aria-expanded", "false");
        button.focus();
      }
    });
    // Enter in the comment is a new line, not something for Gradio.
    form.addEventListener("keydown", (event) => event.stopPropagation());
    bar.append(form);
    form.querySelector("input").focus();
  };

  document.addEventListener("click", async (event) => {
    if (event.target.closest("a")) follow(); // before the page is left, its address names the conversation
    const link = event.target.closest("#conversation :is(a.source, a.marker)");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      if (matchMedia("(min-width: 64rem)").matches) openPanel(link).catch(() => { location.href = link.href; });
      else location.href = link.href;
      return;
    }
    const button = event.target.closest("#conversation .act");
    if (!button) return;
    await ready;
    const bar = button.closest(".actions");
    const id = bar.id.slice(8);
    const done = bar.querySelector(".done");
    if (button.classList.contains("helped")) give(id, { verdict: "helped" }, done);
    else if (button.classList.contains("wrong")) askWhy(id, bar, button, done);
    else if (button.classList.contains("link")) copy(`${location.origin}/answers/${id}`, done);
    else copy(bar.parentElement.querySelector(".answer .text").innerText, done);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) { event.preventDefault(); closePanel(); }
  }, true);

  // The server's stream ends when the server does; say so when it does not come back at once.
  setInterval(async () => {
    if (document.hidden || !words) return;
    const place = document.getElementById("lost");
    let up = false;
    try { up = (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok; } catch { /* not up */ }
    if (!up && !place) document.body.append(make("p", { id: "lost", role: "alert" }, words.lost));
    if (!up || !place) return;
    location.reload(); // another process knows nothing of this page, but its address names the conversation
  }, 5000);

  // What was typed and not sent outlives the page, whoever loads it anew: this script, Gradio or the reader.
  addEventListener("pagehide", () => {
    sessionStorage.setItem(UNSENT, document.querySelector("#question textarea")?.value ?? "");
  });
  const retype = () => {
    const unsent = sessionStorage.getItem(UNSENT);
    const box = unsent && document.querySelector("#question textarea");
    if (!box || box.value) return;
    sessionStorage.removeItem(UNSENT);
    box.value = unsent;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  new MutationObserver(() => {
    relabel();
    retype();
    clearTimeout(timer);
    timer = setTimeout(follow, 60);
  }).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-label", "aria-live"],
  });
})();
