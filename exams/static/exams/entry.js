/* Entry: the self-test and the wait for the opening. Receipt: print. Both: what this computer still holds is sent first, and cleared only then. ES2017, import(). */
const d = document, $ = (i) => d.getElementById(i);
const here = $('selftest') || $('handed'), box = $('unsent'), say = box.dataset, WEEK = 7 * 86400 * 1000;
async function send(attempt, epoch, b) {
  const r = await fetch(say.save.replace('/0/', '/' + attempt + '/'), {
    method: 'POST', credentials: 'same-origin', redirect: 'manual', body: JSON.stringify({ e: epoch, s: b.s, i: b.i }),
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': say.token }
  });
  return { status: r.status, j: r.status < 500 ? await r.json() : {} };
}
function tell(text, n, more) { const p = d.createElement('p'); p.textContent = text.replace('{n}', n); if (more) p.appendChild(more); box.appendChild(p); box.hidden = false; }
async function leftovers() {                      /* answers of others that are on the server, and of papers handed in, have no place here any more */
  const all = Object.keys(localStorage).filter((k) => k.indexOf('exam:') === 0);
  if (!all.length) return;
  const m = await import(say.module);
  let others = 0, sent = 0, late = 0;
  for (const k of all) {
    const [, user, attempt, epoch] = k.split(':'), mine = user === here.dataset.user;
    let s = Object.assign(m.empty(), JSON.parse(localStorage.getItem(k)));
    const n = m.waiting(s), newest = m.batches(s).concat(s.bad || []).reduce((t, b) => Math.max(t, b.t || 0), 0);
    if (n && newest < Date.now() - WEEK) { localStorage.removeItem(k); continue; }
    if (!n) { if (!mine || attempt === here.dataset.attempt) localStorage.removeItem(k); continue; }
    if (!mine) { others += n; continue; }
    let closed = false;
    try {
      s = await m.resend(s, +epoch, async (e, b) => { const a = await send(attempt, e, b); closed = closed || !!a.j.go; return a; });
      localStorage.setItem(k, JSON.stringify(s));
    } catch (e) { /* no line: it stays as it is */ }
    const left = m.waiting(s);
    if (closed) late += n - left; else sent += n - left;
    if (!left) { if (closed) localStorage.removeItem(k); continue; }
    const b = d.createElement('button');
    b.type = 'button'; b.className = 'btn ghost'; b.textContent = say.get;
    b.addEventListener('click', async () => m.download(say.file.replace('{n}', attempt + '-' + epoch), await m.file(s, +user, +attempt, +epoch)));
    tell(say.kept, left, b);
  }
  if (sent) tell(say.sent, sent);
  if (late) tell(say.late, late);
  if (others) tell(say.others, others);
}
try { leftovers().catch(() => {}); } catch (e) { /* nothing is kept here */ }
const print_ = $('print');
if (print_) { print_.hidden = false; print_.addEventListener('click', () => print()); }
if ($('selftest')) {
  const good = (t, n) => { const li = here.querySelector('[data-t=' + t + ']'); li.textContent = li.dataset.ok.replace('{n}', n); li.className = 'good'; };
  good('js');
  try { localStorage.setItem('exam-test', '1'); localStorage.removeItem('exam-test'); good('store'); } catch (e) { /* stays as it is */ }
  const t = performance.now();
  fetch(here.dataset.ping, { cache: 'no-store' }).then((r) => {
    if (!r.ok) return;
    good('net', Math.round(performance.now() - t));
    const server = Date.parse(r.headers.get('Date'));
    if (server) good('clock', Math.max(1, Math.abs(Math.round((Date.now() - server) / 1000))));
  }, () => {});
  const b = d.querySelector('#start [data-wait]'), w = $('wait');
  if (b) {
    const opens = performance.now() + (+b.dataset.wait + 1) * 1000, two = (n) => (n < 10 ? '0' : '') + n;
    const tick = () => {
      const s = Math.ceil((opens - performance.now()) / 1000);
      if (s <= 0) { b.disabled = false; w.textContent = w.dataset.open; return; }
      const days = Math.floor(s / 86400);
      w.textContent = w.dataset.text.replace('{t}', (days ? days + ' × 24:00:00 + ' : '') + two(Math.floor(s % 86400 / 3600)) + ':' + two(Math.floor(s % 3600 / 60)) + ':' + two(s % 60));
      setTimeout(tick, 500);
    };
    w.removeAttribute('role');
    tick();
  }
}
