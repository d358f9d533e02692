/* The exam room, enhanced. Without this file the page is one plain form.
   Every change goes into localStorage first. A batch of changes gets a number, is kept word for word and sent until the server
   acknowledges it: sent twice it is saved once, and nothing is forgotten before the acknowledgement. ES2017, Chrome 61. */
const d = document, f = d.getElementById('x'), $ = (i) => d.getElementById(i), say = $('words').dataset;
const PRE = 'exam:' + f.dataset.user + ':' + f.dataset.attempt + ':', KEY = PRE + f.dataset.epoch;
const SECOND = 1000, LONGEST = 30 * SECOND, TIMEOUT = 15 * SECOND;
let kept = {};                                   /* what the browser would not keep (full or forbidden): it is newer than what it did keep */
const read = (k) => { if (kept[k]) return kept[k]; try { return JSON.parse(localStorage.getItem(k)); } catch (e) { return null; } };
const write = (k, v) => { try { localStorage.setItem(k, JSON.stringify(v)); delete kept[k]; } catch (e) { kept[k] = v; forgetStored(k); } };
const forgetStored = (k) => { try { localStorage.removeItem(k); } catch (e) { /* forbidden */ } };
const names = () => { try { return Object.keys(localStorage).filter((k) => k.indexOf(PRE) === 0); } catch (e) { return []; } };
const forget = (k) => { delete kept[k]; forgetStored(k); };
/* n: last number used, d: changed and not yet sent {slot: {v, f}}, b: the batch on its way {s, i} */
const load = () => Object.assign({ n: 0, d: {}, b: null }, read(KEY) || {});
let store = load();
store.n = Math.max(store.n, f.elements.seq.value - 1);
write(KEY, store);
d.documentElement.classList.add('js');

const sets = [].slice.call(f.querySelectorAll('fieldset')), links = {}, of = {};
f.querySelectorAll('.ans a').forEach((a) => { links[a.hash.slice(2)] = a; });
sets.forEach((s) => { of[s.dataset.q] = s; });
const inputs = (s) => [].slice.call(s.querySelectorAll('[name=q' + s.dataset.q + ']'));
const box = (i) => i.type === 'radio' || i.type === 'checkbox';
function values(s) {
  const all = inputs(s);
  if (box(all[0])) return all.filter((i) => i.checked).map((i) => i.value);
  return all.some((i) => i.value.trim()) ? all.map((i) => i.value) : [];
}
const flagged = (s) => s.querySelector('.flag input').checked;
function put(s, r) {
  inputs(s).forEach((i, at) => { if (box(i)) i.checked = r.v.indexOf(i.value) >= 0; else i.value = r.v[at] || ''; });
  s.querySelector('.flag input').checked = !!r.f;
}
function paint(s) {
  const on = values(s).length > 0, g = flagged(s), a = links[s.dataset.q];
  s.querySelectorAll('.o').forEach((l) => l.classList.toggle('on', l.firstElementChild.checked));
  s.querySelector('.flag').classList.toggle('on', g);
  a.classList.toggle('on', on); a.classList.toggle('fl', g);
  a.setAttribute('aria-label', say.q.replace('{n}', s.dataset.q) + ' ' + (on ? say.yes : say.no) + (g ? ' ' + say.flag : ''));
}
function tally() {
  const off = sets.filter((s) => !values(s).length), fl = sets.filter(flagged).length, on = sets.length - off.length;
  $('n1').textContent = on; $('n0').textContent = off.length; $('nf').textContent = fl; $('done').textContent = on + ' / ' + sets.length;
  return { on, off, fl };
}
function restore() {                             /* what the server has not acknowledged stands above what it sent */
  if (store.b) store.b.i.forEach((r) => { if (of[r.n]) put(of[r.n], r); });
  Object.keys(store.d).forEach((n) => { if (of[n]) put(of[n], store.d[n]); });
  sets.forEach(paint); tally();
}
restore();
addEventListener('storage', (e) => { if (e.key === KEY && e.newValue) { store = load(); restore(); } });

/* --- saving --- */
let busy = false, wait = 2 * SECOND, timer = 0, sealed = false, moved = false, going = false;
const state = (s, text) => { const e = $('save'); e.dataset.s = s; if (e.textContent !== text) e.textContent = text; };
const pending = () => Object.keys(store.d).length + (store.b ? store.b.i.length : 0);
const two = (n) => (n < 10 ? '0' : '') + n;
function token() {                               /* a new sign-in gives a new token: the cookie has it, the form does not */
  const m = d.cookie.split('; ').filter((c) => c.indexOf(f.dataset.cookie + '=') === 0)[0];
  if (m) f.elements.csrfmiddlewaretoken.value = m.slice(f.dataset.cookie.length + 1);
  return f.elements.csrfmiddlewaretoken.value;
}
function ask(url, body, type) {
  const o = { credentials: 'same-origin', redirect: 'manual', headers: { Accept: 'application/json' } };
  if (body !== undefined) { o.method = 'POST'; o.body = body; o.keepalive = body.length < 60000; o.headers['X-CSRFToken'] = token(); o.headers['Content-Type'] = type; }
  return Promise.race([fetch(url, o), new Promise((_, no) => setTimeout(() => no(new Error('slow')), TIMEOUT))]);
}
function leave(go) { going = true; names().forEach(forget); location.assign(go); }
function signedOut() {
  const e = $('save');
  if (e.dataset.s === 'out') return;
  state('out', ''); e.dataset.s = 'out';
  const a = d.createElement('a'); a.href = say.signin; a.target = '_blank'; a.rel = 'noopener'; a.textContent = say.out; e.appendChild(a);
}
function later() { clearTimeout(timer); timer = setTimeout(flush, wait); wait = Math.min(wait * 2, LONGEST); }
async function send(key, epoch, b) {
  const r = await ask(f.dataset.save, JSON.stringify({ e: epoch, s: b.s, i: b.i }), 'application/json');
  if (r.status !== 200 && r.status !== 400 && r.status !== 409 && r.status !== 401) throw new Error(r.status);
  const j = await r.json();
  return { status: r.status, j };
}
async function flush() {
  clearTimeout(timer);
  if (busy || going || moved) return !pending();
  busy = true;
  try {
    for (;;) {
      store = load();
      if (!store.b && Object.keys(store.d).length) {
        store.n += 1;
        store.b = { s: store.n, i: Object.keys(store.d).map((n) => ({ n: +n, v: store.d[n].v, f: store.d[n].f })) };
        store.d = {}; write(KEY, store);
      }
      if (!store.b) break;
      const b = store.b;
      state('wait', say.saving.replace('{n}', b.i.length));
      const { status, j } = await send(KEY, +f.dataset.epoch, b);
      store = load();
      if (status === 401) { signedOut(); busy = false; later(); return false; }
      if (status === 409 && j.go) {               /* too late to count, but kept: what has piled up behind it goes the same way */
        store.b = null; write(KEY, store);
        if (Object.keys(store.d).length) continue;
        leave(j.go); return true;
      }
      if (status === 409) { store.n = Math.max(store.n, j.free); store.b = Object.assign({}, b, { s: j.free }); write(KEY, store); continue; }
      if (store.b && store.b.s === b.s) store.b = null;
      if (status === 400) store.bad = (store.bad || []).concat([b]);   /* kept here for the invigilator, never in the way of the next */
      write(KEY, store);
      if (status === 400) { state('off', say.bad); continue; }
      clockIs(j.left);
      if (j.moved) { moved = true; seal(); state('off', say.moved); busy = false; return false; }
    }
    wait = 2 * SECOND;
    const t = new Date();
    state(store.bad ? 'off' : 'ok', store.bad ? say.bad : say.saved.replace('{t}', two(t.getHours()) + ':' + two(t.getMinutes()) + ':' + two(t.getSeconds())));
  } catch (e) {
    state('off', (sealed ? say.sealed : say.offline).replace('{n}', pending()));
    busy = false; later(); return false;
  }
  busy = false;
  return true;
}
async function old() {                           /* what an earlier turn of this browser never got through, under its own number */
  let sent = false;
  for (const k of names()) {
    if (k === KEY) continue;
    const s = Object.assign({ n: 0, d: {}, b: null }, read(k));
    const epoch = +k.slice(PRE.length), all = s.b ? [s.b] : [];
    if (Object.keys(s.d).length) all.push({ s: s.n + 1, i: Object.keys(s.d).map((n) => ({ n: +n, v: s.d[n].v, f: s.d[n].f })) });
    try {
      for (const b of all) { let a = await send(k, epoch, b); if (a.status === 409 && a.j.free) a = await send(k, epoch, Object.assign({}, b, { s: a.j.free })); if (a.status !== 200) throw new Error(a.status); sent = true; }
      forget(k);
    } catch (e) { /* again at the next load */ }
  }
  if (sent && !pending()) location.reload();
}
function changed(s) {
  if (sealed || moved) return;
  store = load();
  store.d[s.dataset.q] = { v: values(s), f: flagged(s) ? 1 : 0 };
  write(KEY, store); paint(s); tally();
  if ($('save').dataset.s !== 'off' && $('save').dataset.s !== 'out') { clearTimeout(timer); timer = setTimeout(flush, 600); }
}
addEventListener('online', () => { wait = 2 * SECOND; flush(); });
addEventListener('pagehide', () => { if (!busy && !going) flush(); });
d.addEventListener('visibilitychange', () => { if (!d.hidden) { if ($('save').dataset.s === 'out') wait = 2 * SECOND; flush(); sync(); } else if (!busy) flush(); });
f.addEventListener('change', (e) => { const s = e.target.closest('fieldset'); if (s) { go(s, true); changed(s); } });
let composing = false;                           /* half-typed pinyin is no answer */
f.addEventListener('compositionstart', () => { composing = true; });
f.addEventListener('compositionend', (e) => { composing = false; const s = e.target.closest('fieldset'); if (s) changed(s); });
f.addEventListener('input', (e) => { const s = e.target.closest('fieldset'); if (s && !composing && !box(e.target)) changed(s); });

/* --- where we are, keyboard --- */
const narrow = matchMedia('(max-width:1080px)').matches;
if (narrow) $('card').open = false;
let cur = sets[0];
function go(s, quiet) {
  if (!s) return;
  cur.classList.remove('cur'); links[cur.dataset.q].classList.remove('cur'); links[cur.dataset.q].removeAttribute('aria-current');
  cur = s; s.classList.add('cur'); links[s.dataset.q].classList.add('cur'); links[s.dataset.q].setAttribute('aria-current', 'true');
  if (!quiet) { const i = inputs(s).filter((x) => x.checked)[0] || inputs(s)[0]; i.focus({ preventScroll: true }); scrollTo(0, s.getBoundingClientRect().top + pageYOffset - 90); }
}
f.addEventListener('focusin', (e) => { const s = e.target.closest('fieldset'); if (s && s !== cur) go(s, true); });
f.addEventListener('click', (e) => { const a = e.target.closest('.ans a'); if (a) { e.preventDefault(); if (narrow) $('card').open = false; go(d.querySelector(a.hash)); } });
let keys = d.documentElement.dataset.size !== 'xl';
const showKeys = () => { $('kb').setAttribute('aria-pressed', keys); $('kb').textContent = keys ? say.kon : say.koff; };
showKeys();
$('kb').addEventListener('click', () => { keys = !keys; showKeys(); });
f.addEventListener('keydown', (e) => { if (e.key === 'Enter' && e.target.tagName === 'INPUT') e.preventDefault(); });
d.addEventListener('keydown', (e) => {
  if (!keys || e.isComposing || e.keyCode === 229 || e.ctrlKey || e.altKey || e.metaKey || $('dlg').open) return;
  const t = e.target;
  if (t.tagName === 'TEXTAREA' || t.tagName === 'SELECT' || (t.tagName === 'INPUT' && !box(t))) return;
  const i = sets.indexOf(cur), k = e.key.toUpperCase();
  if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); go(sets[i + (e.key === 'ArrowDown' ? 1 : -1)]); }
  else if (sealed) return;
  else if (k === 'M') { const c = cur.querySelector('.flag input'); c.checked = !c.checked; changed(cur); }
  else if (/^[A-J]$/.test(k)) { const o = cur.querySelectorAll('.o input')[k.charCodeAt(0) - 65]; if (o) { o.checked = o.type === 'checkbox' ? !o.checked : true; o.focus({ preventScroll: true }); changed(cur); } }
});

/* --- the clock: the server's, counted on by the machine's own steady counter, whatever its wall clock does --- */
let end = performance.now() + f.dataset.left * SECOND, told = Infinity;
function clockIs(left) { if (typeof left === 'number') { end = performance.now() + left * SECOND; if (left > 0 && sealed && !moved) unseal(); } }
async function sync() {
  if (going) return;
  try {
    const r = await ask(f.dataset.clock);
    if (r.status === 401) { signedOut(); return; }
    if (r.status !== 200) return;
    const j = await r.json();
    if (j.go) { if (await flush()) leave(j.go); return; }
    if (j.e > +f.dataset.epoch && !moved) { await flush(); moved = true; seal(); state('off', say.moved); return; }
    clockIs(j.left);
    if ($('save').dataset.s === 'out') flush();
  } catch (e) { /* the next one */ }
}
setInterval(sync, LONGEST);
function seal() { sealed = true; sets.forEach((s) => { s.disabled = true; }); }
function unseal() { sealed = false; told = Infinity; sets.forEach((s) => { s.disabled = false; }); tick(); }
async function over() {                          /* time is up: send what is left, then hand in; never leave the page before the server answers */
  sets.forEach((s) => { s.disabled = false; });
  const form = new FormData(f);
  seal();
  if ($('dlg').open) $('dlg').close();
  if (!pending()) state('wait', say.over);
  if (!(await handIn(form)) && sealed && !going) setTimeout(over, 3 * SECOND);
}
function tick() {
  if (sealed || going) return;
  const s = Math.max(0, Math.ceil((end - performance.now()) / SECOND)), c = $('clock'), h = Math.floor(s / 3600);
  c.textContent = (h ? h + ':' : '') + two(Math.floor(s % 3600 / 60)) + ':' + two(s % 60);
  c.dataset.w = s <= 60 ? 'last' : s <= 300 ? 'warn' : '';
  const mark = [1, 5, 10, 30].filter((m) => s <= m * 60)[0];
  if (mark && mark < told) { if (told !== Infinity || s > mark * 60 - 5) $('warn').textContent = say.warn.replace('{n}', mark); told = mark; }
  if (!s) { over(); return; }
  setTimeout(tick, 250);
}
tick();

/* --- handing in --- */
async function handIn(form) {
  while (busy) await new Promise((done) => setTimeout(done, 50));   /* a save on its way is waited for, never mistaken for a failed one */
  if (!(await flush())) return false;
  store = load(); store.n += 1; write(KEY, store);
  form.set('do', 'hand_in'); form.set('seq', store.n); form.set('csrfmiddlewaretoken', token());
  try {
    const r = await ask(f.action, new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded');
    if (r.status === 401 || r.type === 'opaqueredirect') { signedOut(); return false; }
    if (r.status !== 200) throw new Error(r.status);
    leave((await r.json()).go);
    return true;
  } catch (e) { state('off', (sealed ? say.sealed : say.offline).replace('{n}', pending())); return false; }
}
const dlg = $('dlg');
if (dlg.showModal) f.addEventListener('submit', (e) => {
  e.preventDefault();
  if (sealed) return;
  const t = tally(); $('d1').textContent = t.on; $('d0').textContent = t.off.length; $('df').textContent = t.fl;
  const l = $('dl'); l.textContent = '';
  if (t.off.length) { const p = d.createElement('p'); p.className = 'sm'; p.textContent = say.open; l.appendChild(p); }
  t.off.slice(0, 30).forEach((s) => { const a = d.createElement('a'); a.className = 'num'; a.href = '#q' + s.dataset.q; a.textContent = s.dataset.q; l.appendChild(a); });
  dlg.showModal(); flush();
});
else f.addEventListener('submit', () => { store = load(); store.n += 1; f.elements.seq.value = store.n; write(KEY, store); token(); });
$('dback').addEventListener('click', () => dlg.close());
$('dl').addEventListener('click', (e) => { if (e.target.hash) { e.preventDefault(); dlg.close(); go(d.querySelector(e.target.hash)); } });
const calm = $('dm').textContent;
dlg.addEventListener('close', () => { $('dm').textContent = calm; });
$('dgo').addEventListener('click', async () => {
  $('dgo').disabled = true;
  if (!(await handIn(new FormData(f)))) $('dm').textContent = say.wait;
  $('dgo').disabled = false;
});
flush().then(old, old);
