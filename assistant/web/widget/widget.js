// The assistant on any page: <script src="…/widget.js" data-call="…" defer></script>
// One file, no framework, no cookie; all text goes through textContent, never through HTML.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || customElements.get("aap-assistant")) return;
  const BASE = new URL(script.src).origin;
  const CALL = script.dataset.call || "";
  const WORDS = /*TEXTS*/ {};
  // How a reply begins that says that a question is off topic, by the language of answers.
  const OFF_TOPIC = /*OFF_TOPIC*/ {};
  const STYLE = /*STYLE*/ "";
  const MAX_HISTORY = 20;
  const language = (script.dataset.lang || document.documentElement.lang || "fr").slice(0, 2) === "fr" ? "fr" : "en";
  const t = WORDS[language];
  const say = (key, values = {}) => t[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  // tag, {attributes or on… handlers}, children (strings become text)
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  const request = async (path, body) => {
    const options = { headers: { "Accept-Language": language } };
    if (body) {
      options.method = "POST";
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    const stop = AbortSignal.timeout(60000);
    const response = await fetch(BASE + "/api/v1" + path, { ...options, credentials: "omit", signal: stop });
    const data = await response.json();
    if (!response.ok) throw Object.assign(new Error(data.detail || ""), { status: response.status });
    return data;
  };

  const address = (url) => {
    const found = new URL(url, BASE);
    return found.origin === BASE ? found.href : BASE;
  };

  // Plain Markdown: paragraphs, lists, **bold**, [1] markers and mail addresses.
  const INLINE = /\*\*(.+?)\*\*|\[(\d{1,3})\]|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)/g;
  const inline = (text, citations) => {
    const pieces = [];
    let at = 0;
    for (const match of text.matchAll(INLINE)) {
      pieces.push(text.slice(at, match.index));
      const cited = match[2] && citations.find((citation) => citation.index === Number(match[2]));
      if (match[1]) pieces.push(make("strong", {}, ...inline(match[1], citations)));
      else if (cited) pieces.push(make("a", { href: address(cited.url), target: "_blank", rel: "noopener", class: "marker" }, `[${match[2]}]`));
      else if (match[3]) pieces.push(make("a", { href: `mailto:${match[3]}` }, match[3]));
      else pieces.push(match[0]);
      at = match.index + match[0].length;
    }
    pieces.push(text.slice(at));
    return pieces;
  };
  const paragraphs = (text, citations) => {
    const blocks = [];
    for (const block of text.split(/\n{2,}/)) {
      let list = null;
      let paragraph = null;
      for (const line of block.split("\n")) {
        const plain = line.replace(/\\([!-/:-@[-`{-~])/g, "$1");
        if (/^[-*] /.test(plain)) {
          if (!list) blocks.push((list = make("ul", { dir: "auto" })));
          list.append(make("li", {}, ...inline(plain.slice(2), citations)));
          paragraph = null;
        } else {
          if (!paragraph) blocks.push((paragraph = make("p", { dir: "auto" })));
          else paragraph.append(make("br"));
          paragraph.append(...inline(plain, citations));
          list = null;
        }
      }
    }
    return blocks;
  };

  class Assistant extends HTMLElement {
    #history = [];
    #call = null;
    #parts = {};

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      const p = this.#parts;
      p.launcher = make("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-haspopup": "dialog", onclick: () => this.open() }, t.open_widget);
      p.title = make("h2", { id: "title", tabindex: "-1" }, t.site);
      p.state = make("p", { class: "state", hidden: true });
      p.log = make("div", { class: "log" });
      p.live = make("p", { class: "unseen", role: "status" });
      p.question = make("textarea", { id: "question", dir: "auto", rows: "2", maxlength: "4000", required: true, onkeydown: (event) => this.#typed(event) });
      p.send = make("button", { type: "submit", class: "primary" }, t.send);
      p.form = make("form", { onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
        make("label", { for: "question" }, t.question),
        make("div", { class: "row" }, p.question, p.send));
      p.contact = make("details", { hidden: true, class: "contact" }, make("summary", {}, t.contact));
      p.dialog = make("dialog", { "aria-labelledby": "title", lang: language, onkeydown: (event) => { if (event.key === "Escape") { event.preventDefault(); this.close(); } } },
        make("div", { class: "head" }, p.title, make("button", { type: "button", class: "quiet", onclick: () => this.close() }, t.close)),
        make("div", { class: "body" }, p.state, make("p", { class: "soft" }, t.can_do), this.#examples(), p.log, p.live),
        make("div", { class: "foot" }, p.form, p.contact, make("p", { class: "soft small" }, say("privacy", { days: /*DAYS*/ 90 }))));
      root.append(p.launcher, p.dialog);
    }

    open() {
      const p = this.#parts;
      if (p.dialog.open) return;
      if (matchMedia("(max-width: 40rem)").matches) p.dialog.showModal();
      else p.dialog.show();
      p.launcher.setAttribute("aria-expanded", "true");
      p.question.focus();
      if (!this.#call) this.#describe();
    }

    close() {
      const p = this.#parts;
      p.dialog.close();
      p.launcher.setAttribute("aria-expanded", "false");
      p.launcher.focus();
    }

    async #describe() {
      try {
        const calls = CALL ? null : await request("/calls");
        this.#call = await request(`/calls/${encodeURIComponent(CALL || calls[0].id)}`);
      } catch (error) {
        // A refused origin looks like a network that is down: the browser tells no more.
        this.#notice(error.status ? error.message : t.origin_refused + " " + t.try_again);
        return;
      }
      const p = this.#parts;
      const call = this.#call;
      p.title.textContent = call.title;
      const moment = call.state === "upcoming" ? call.opens : call.closes;
      if (call.state !== "unknown" && moment) {
        const date = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(moment));
        const key = call.state === "open" && call.days_left < 2 ? `state_open_${call.days_left}` : `state_${call.state}`;
        p.state.textContent = say(key, { date, days: call.days_left });
        p.state.hidden = false;
      }
      p.contact.append(this.#card(call.contact, ""));
      p.contact.hidden = false;
    }

    #examples() {
      const buttons = t.examples.split("\n").map((text) => make("li", {}, make("button", { type: "button", class: "pick", onclick: () => this.ask(text) }, text)));
      return (this.#parts.examples = make("div", {}, make("p", { class: "label" }, t.examples_title), make("ul", { class: "picks" }, ...buttons)));
    }

    #typed(event) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
    }

    #submit() {
      const { question, send } = this.#parts;
      const text = question.value.trim();
      if (!text || send.getAttribute("aria-disabled") === "true") { question.focus(); return; }
      question.value = "";
      this.ask(text);
    }

    async ask(text) {
      const p = this.#parts;
      p.examples.hidden = true;
      p.log.querySelector(".suggestions")?.remove();
      const asked = make("div", { class: "asked" }, make("span", { class: "unseen" }, t.you + " "), text);
      const waiting = make("p", { class: "soft" }, t.searching);
      p.log.append(asked, waiting);
      p.send.setAttribute("aria-disabled", "true");
      asked.scrollIntoView({ block: "start" });
      p.question.focus();
      try {
        const answer = await request("/answers", { question: text, history: this.#history.slice(-MAX_HISTORY), ...(CALL && { call: CALL }) });
        this.#history.push({ role: "user", text }, { role: "assistant", text: answer.text });
        waiting.replaceWith(this.#answer(answer));
        p.live.textContent = `${t.answer_ready} ${answer.text.replace(/\*\*|\[\d+\]/g, "")}`;
      } catch (error) {
        waiting.remove();
        p.question.value ||= text; // to send again, unless something else is being written
        this.#notice(error.message && error.status ? error.message : t.try_again);
      } finally {
        p.send.removeAttribute("aria-disabled");
        asked.scrollIntoView({ block: "start" }); // there is room for it now
      }
    }

    #notice(text) {
      this.#parts.log.append(make("p", { class: "notice" }, text));
      this.#parts.live.textContent = text;
    }

    #answer(answer) {
      const spoken = answer.language in OFF_TOPIC ? answer.language : "en";
      const source = this.#call ? this.#call.language : "fr";
      const box = make("article", { class: "answer", "aria-label": t.answer_title });
      const said = make("div", { lang: spoken });
      // The reply to a greeting has the status of what is off topic, but does not say so.
      const plain = answer.status === "out_of_scope" && !OFF_TOPIC[spoken].some((begin) => answer.text.includes(begin));
      if (answer.status !== "answered" && !plain) said.append(make("p", { class: "badge", lang: language }, t[`status_${answer.status}`]));
      said.append(...paragraphs(answer.text, answer.citations));
      box.append(said);
      if (answer.citations.length) {
        box.append(make("p", { class: "label" }, t.sources), make("ol", { class: "sources" }, ...answer.citations.map((citation) =>
          make("li", {},
            make("a", { href: address(citation.url), target: "_blank", rel: "noopener" },
              `[${citation.index}] `, make("span", { lang: source }, citation.heading || citation.title), make("span", { class: "unseen" }, ` (${t.new_tab})`)),
            make("blockquote", { lang: source }, `« ${citation.quote.trim().replace(/\t/g, "\u2003").replace(/\n+/g, " ")} »`)))));
      }
      if (answer.handoff) box.append(this.#card(answer.handoff, answer.question));
      box.append(this.#actions(answer));
      if (answer.suggestions.length) {
        box.append(make("div", { class: "suggestions" }, make("p", { class: "label" }, t.suggestions),
          make("ul", { class: "picks" }, ...answer.suggestions.map((text) =>
            make("li", {}, make("button", { type: "button", class: "pick", lang: spoken, onclick: () => this.ask(text) }, text))))));
      }
      return box;
    }

    #card(person, question) {
      const subject = encodeURIComponent(say("mail_subject", { title: this.#call?.title ?? "" }));
      const body = encodeURIComponent(say("mail_body", { question }));
      const mail = `mailto:${person.email}?subject=${subject}&body=${body}`;
      return make("div", { class: "card" },
        person.reason ? make("p", {}, person.reason) : null,
        make("p", {}, make("strong", {}, person.name), make("br"),
          make("a", { href: mail }, person.email),
          ...(person.phone ? [make("br"), make("a", { href: `tel:${person.phone.replace(/[^\d+]/g, "")}` }, person.phone)] : [])));
    }

    #actions(answer) {
      const done = make("span", { role: "status", class: "soft" });
      const copy = async (text) => {
        try { await navigator.clipboard.writeText(text); done.textContent = t.copied; }
        catch { done.textContent = t.not_copied; }
      };
      const give = async (body) => {
        try {
          await request(`/answers/${encodeURIComponent(answer.id)}/feedback`, body);
          done.textContent = t.thanks;
          why.hidden = true;
        } catch { done.textContent = t.not_sent; }
      };
      const why = make("form", { hidden: true, class: "why", onsubmit: (event) => {
        event.preventDefault();
        const reasons = [...why.querySelectorAll("input:checked")].map((box) => box.value);
        give({ verdict: "wrong", reasons, comment: why.querySelector("textarea").value });
      } },
        make("fieldset", {}, make("legend", {}, t.why),
          ...["incorrect", "incomplete", "wrong_passage", "unclear", "other"].map((reason) =>
            make("label", { class: "check" }, make("input", { type: "checkbox", value: reason }), " ", t[`reason_${reason}`]))),
        make("label", {}, t.comment, make("textarea", { rows: "2", maxlength: "2000" })),
        make("button", { type: "submit" }, t.send_feedback));
      const wrong = make("button", { type: "button", class: "quiet", "aria-expanded": "false", onclick: () => {
        why.hidden = !why.hidden;
        wrong.setAttribute("aria-expanded", String(!why.hidden));
      } }, t.wrong);
      return make("div", {}, make("div", { class: "actions" },
        make("button", { type: "button", class: "quiet", onclick: () => give({ verdict: "helped" }) }, t.helped), wrong,
        make("button", { type: "button", class: "quiet", onclick: () => copy(answer.text) }, t.copy_answer),
        make("button", { type: "button", class: "quiet", onclick: () => copy(`${BASE}/answers/${answer.id}`) }, t.copy_link), done), why);
    }
  }

  customElements.define("aap-assistant", Assistant);
  const place = () => { if (!document.querySelector("aap-assistant")) document.body.append(document.createElement("aap-assistant")); };
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
})();
