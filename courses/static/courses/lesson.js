// Remembers the block last in view. Without this script the page remembers the self-check last answered.
const article = document.querySelector("[data-position]");
const token = document.querySelector("[name=csrfmiddlewaretoken]");
const blocks = article ? Array.from(article.querySelectorAll("[id^=b]")).filter((e) => /^b\d+$/.test(e.id)) : [];
let here = -1, sent = -1, timer = 0;

function look() {
  const line = window.innerHeight / 3;
  const seen = blocks.filter((e) => e.getBoundingClientRect().top < line);
  here = seen.length ? Number(seen[seen.length - 1].id.slice(1)) : 0;
}

function send() {
  timer = 0;
  if (here === sent || here < 0) return;
  sent = here;
  const body = new URLSearchParams({ position: here, csrfmiddlewaretoken: token.value });
  fetch(article.dataset.position, { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(() => { sent = -1; });
}

if (article && token && window.fetch) {
  addEventListener("scroll", () => { look(); if (!timer) timer = setTimeout(send, 4000); }, { passive: true });
  addEventListener("visibilitychange", () => { if (document.hidden) send(); });
  addEventListener("pagehide", send);
}
