/* The exam room, enhanced. Without this file the page is one plain form.
   Every change goes into localStorage first. A batch of changes gets a number, is kept word for word and sent until the server
   acknowledges it: sent twice it is saved once, and nothing is forgotten before the acknowledgement. ES2017 and import().
   What the store holds is told in unsent.js. Kinds of question need no script; one that brings its own hears exam:put and exam:changed at its fieldset. */
const d = document, f = d.getElementById('x'), $ = (i) => d.getElementById(i), say = $('words').dataset, of_ = f.dataset;
const ID = of_.user + ':' + of_.attempt, PRE = 'exam:' + ID + ':', KEY = PRE + of_.epoch, EPOCH = +of_.epoch;
const SECOND = 1000, LONGEST = 30 * SECOND, TIMEOUT = 15 * SECOND, KEEP = 900 * SECOND;
const on = (t, what, then) => t.addEventListener(what, then), post = JSON.stringify;

/* --- the clock: the server's, counted on by the machine's own steady counter, whatever its wall clock does --- */
let zero = of_.now * SECOND - performance.now(), end = 0, told = Infinity;
const at = () => Math.round(zero + performance.now());
const hms = (t) => new Date(t + of_.zone * SECOND).toISOString().slice(11, 19);

/* --- the store --- */
let kept = {};                                   /* what the browser would not keep (full or forbidden): it is newer than what it did keep */
const read = (k) => { if (kept[k]) return kept[k]; try { return JSON.parse(localStorage.getItem(k)); } catch (e) { return null; } };
const forget = (k) => { delete kept[k]; try { localStorage.removeItem(k); } catch (e) { /* forbidden */ } };
const write = (k, v) => { try { localStorage.setItem(k, post(v)); delete kept[k]; } catch (e) { forget(k); kept[k] = v; } };
const load = () => Object.assign({ n: 0, d: {}, t: 0, q: [], j: [], a: null, o: at() }, read(KEY));
const pending = () => Object.keys(store.d).length + store.q.reduce((n, b) => n + b.i.length, 0);
let store = load();
const known = f.elements.seq.value - 1;          /* the newest the server has: less than it acknowledged means it lost some, and gets them again */
store.q = store.j.filter((b) => store.a && store.a.s > known && b.s > known).concat(store.q);
store.n = Math.max(store.n, known);
store.k = of_.seal;
write(KEY, store);
d.documentElement.classList.add('js');

/* --- inputs: boxes q7 give their values, texts q7 one value each, inputs q7.part the texts part=value --- */
const sets = [].slice.call(f.querySelectorAll('[data-q]')), links = {}, of = {};
f.querySelectorAll('.ans a').forEach((a) => { links[a.hash.slice(2)] = a; });
sets.forEach((s) => { of[s.dataset.q] = s; });
const name = (s) => 'q' + s.dataset.q, box = (i) => i.type === 'radio' || i.type === 'checkbox';
const inputs = (s) => [].slice.call(s.elements).filter((i) => i.type !== 'file' && i.tagName !== 'BUTTON' && (i.name + '.').indexOf(name(s) + '.') === 0);
const part = (s, i) => i.name.slice(name(s).length + 1);
function values(s) {
  const all = inputs(s), full = all.filter((i) => (box(i) ? i.checked : i.value.trim()));
  if (!full.length) return [];
  if (part(s, all[0])) return full.map((i) => part(s, i) + '=' + i.value);
  return (box(all[0]) ? full : all).map((i) => i.value);
}
function put(s, r) {
  inputs(s).forEach((i, n) => {
    const p = part(s, i), v = p ? r.v.filter((x) => x.indexOf(p + '=') === 0).map((x) => x.slice(p.length + 1)) : r.v;
    if (box(i)) i.checked = v.indexOf(i.value) >= 0; else i.value = v[p ? 0 : n] || '';
  });
  flag(s).checked = !!r.f;
  s.dispatchEvent(new CustomEvent('exam:put', { bubbles: true }));
}
const flag = (s) => s.querySelector('.flag input'), flagged = (s) => flag(s).checked;
function paint(s) {
  const full = values(s).length > 0, g = flagged(s), a = links[s.dataset.q], word = a.dataset.n + say.comma + (full ? say.yes : say.no) + (g ? say.comma + say.flag : '');
  s.querySelectorAll('.o').forEach((l) => { const i = l.querySelector('input'); l.classList.toggle('on', !!i && i.checked); });
  flag(s).parentNode.classList.toggle('on', g);
  a.classList.toggle('on', full); a.classList.toggle('fl', g); a.setAttribute('aria-label', word);
  const n = s.querySelector('legend .n');
  if (n) { n.setAttribute('aria-hidden', 'true'); let w = n.nextElementSibling; if (!w || w.className !== 'vh') { w = d.createElement('span'); w.className = 'vh'; n.after(w); } w.textContent = word + say.stop; }
}
function tally() {                               /* from the answer card: it knows the questions of other pages too */
  const all = Object.keys(links), has = (c) => (n) => links[n].classList.contains(c), no = all.filter((n) => !has('on')(n)), fl = all.filter(has('fl')).length, yes = all.length - no.length;
  $('n1').textContent = yes; $('n0').textContent = no.length; $('nf').textContent = fl; $('done').textContent = yes + ' / ' + all.length;
  return { yes, no, fl };
}
function restore() {                             /* what the server has not acknowledged stands above what it sent */
  store.q.forEach((b) => b.i.forEach((r) => { if (of[r.n]) put(of[r.n], r); }));
  Object.keys(store.d).forEach((n) => { if (of[n]) put(of[n], store.d[n]); });
  sets.forEach(paint); tally();
}
restore();

/* --- why nothing can be written just now: over, moved, paused, tab --- */
const shut = {}, any = () => Object.keys(shut).some((k) => shut[k]);
function close(why, yes) { shut[why] = yes; sets.forEach((s) => { s.disabled = any(); }); $('hand').disabled = any(); f.dispatchEvent(new CustomEvent('exam:shut', { detail: any() })); }
function paused(yes) {
  if (yes === !!shut.paused) return;
  close('paused', yes);
  $('warn').textContent = yes ? say.paused : say.resumed;
  if (yes) { state('wait', say.paused); if ($('dlg').open) $('dlg').close(); } else { standing(); tick(); flush(); }
}

/* --- saving --- */
let parting = false;                             /* only then keepalive: before Chromium 81 it refuses a request with headers of ours */
let busy = false, wait = 2 * SECOND, timer = 0, going = false;
const state = (s, text) => { const e = $('save'); e.dataset.s = s; if (e.textContent !== text) e.textContent = text; };
const standing = () => { if (store.bad) { state('off', say.bad); offer(); } else if (store.a) state('ok', say.saved.replace('{t}', hms(store.a.t))); };
const two = (n) => (n < 10 ? '0' : '') + n;
function token() {                               /* a new sign-in gives a new token: the cookie has it, the form does not */
  const m = d.cookie.split('; ').filter((c) => c.indexOf(of_.cookie + '=') === 0)[0], e = f.elements.csrfmiddlewaretoken;
  if (m) e.value = m.slice(of_.cookie.length + 1);
  return e.value;
}
function ask(url, body, type) {
  const o = { credentials: 'same-origin', redirect: 'manual', headers: { Accept: 'application/json' } };
  if (body !== undefined) { o.method = 'POST'; o.body = body; o.keepalive = parting && body.length < 60000; o.headers['X-CSRFToken'] = token(); o.headers['Content-Type'] = type || 'application/json'; }
  return Promise.race([fetch(url, o), new Promise((_, no) => setTimeout(() => no(new Error('slow')), TIMEOUT))]);
}
function leave(to) { going = true; location.assign(to); }   /* the receipt clears what is no longer needed here, and sends what is */
function link(text, then) { const e = $('save'), a = d.createElement('a'); e.textContent = ''; a.textContent = text; e.appendChild(a); return a; }
function signedOut() {
  if ($('save').dataset.s === 'out') return;
  state('out', '');
  Object.assign(link(say.out), { href: say.signin, target: '_blank', rel: 'noopener' });
}
function later() { clearTimeout(timer); timer = setTimeout(flush, wait); wait = Math.min(wait * 2, LONGEST); }
async function send(epoch, b) {
  const r = await ask(of_.save, post({ e: epoch, s: b.s, i: b.i }));
  if ([200, 400, 401, 409, 423].indexOf(r.status) < 0) throw new Error(r.status);
  return { status: r.status, j: await r.json() };
}
async function flush() {
  clearTimeout(timer);
  store = load();
  if (busy || going || shut.moved || shut.tab) return !pending();
  busy = true;
  try {
    for (;;) {
      store = load();
      const changed = Object.keys(store.d);
      if (!store.q.length && changed.length) {
        store.q = [{ s: store.n += 1, t: store.t, i: changed.map((n) => ({ n: +n, v: store.d[n].v, f: store.d[n].f })) }];
        store.d = {}; write(KEY, store);
      }
      const b = store.q[0];
      if (!b) break;
      state('wait', say.saving.replace('{n}', b.i.length));
      const { status, j } = await send(EPOCH, b);
      store = load();
      if (status === 401) { signedOut(); busy = false; later(); return false; }
      if (status === 423) { busy = false; paused(true); return false; }   /* sent again when it goes on */
      if (status === 409 && !j.go) { store.n = Math.max(store.n, j.free); store.q[0] = Object.assign({}, b, { s: j.free }); write(KEY, store); continue; }
      store.q.shift();
      if (status === 400) store.bad = (store.bad || []).concat([b]);   /* kept here for the invigilator, never in the way of the next */
      if (status === 200) {
        clockIs(j); f.dispatchEvent(new CustomEvent('exam:ack', { detail: j }));
        store.a = { s: j.s, t: at() }; store.n = Math.max(store.n, j.s);
        store.j = store.j.filter((x) => x.t > at() - KEEP).slice(-99).concat([b]);
      }
      write(KEY, store);
      if (status === 409 && !pending()) { leave(j.go); return true; }   /* too late to count, but kept */
      if (j.moved) { moved(); break; }
    }
    wait = 2 * SECOND;
    if (!any()) standing();
  } catch (e) {
    state('off', (shut.over ? say.sealed : say.offline).replace('{n}', pending()));
    busy = false; later(); return false;
  }
  busy = false;
  return !pending();
}
function moved() { close('moved', true); state('off', say.moved); }
function changed(s) {
  if (any()) return;
  store = load();
  store.d[s.dataset.q] = { v: values(s), f: flagged(s) ? 1 : 0 };
  store.t = at();
  write(KEY, store); paint(s); tally();
  s.dispatchEvent(new CustomEvent('exam:changed', { bubbles: true }));
  if (['off', 'out'].indexOf($('save').dataset.s) < 0) { clearTimeout(timer); timer = setTimeout(flush, 600); }
}
on(window, 'online', () => { wait = 2 * SECOND; flush(); });
on(window, 'pagehide', () => { parting = true; if (!busy && !going) flush(); });
on(d, 'visibilitychange', () => { if (!d.hidden) { if ($('save').dataset.s === 'out') wait = 2 * SECOND; flush(); sync(); } else if (!busy) flush(); });
const set = (e) => e.target.closest && e.target.closest('[data-q]');
on(f, 'change', (e) => { const s = set(e); if (s) { go(s, true); changed(s); } });
let composing = false;                           /* half-typed pinyin is no answer */
on(f, 'compositionstart', () => { composing = true; });
on(f, 'compositionend', (e) => { composing = false; const s = set(e); if (s) changed(s); });
on(f, 'input', (e) => { const s = set(e); if (s && !composing && !box(e.target)) changed(s); });

/* --- where we are --- */
const narrow = matchMedia('(max-width:1080px)').matches;
if (narrow) $('card').open = false;
let cur = sets[0];
function go(s, quiet) {
  if (!s) return;
  cur.classList.remove('cur'); links[cur.dataset.q].classList.remove('cur'); links[cur.dataset.q].removeAttribute('aria-current');
  cur = s; s.classList.add('cur'); links[s.dataset.q].classList.add('cur'); links[s.dataset.q].setAttribute('aria-current', 'true');
  if (quiet) return;
  const i = inputs(s).filter((x) => x.checked)[0] || inputs(s)[0] || s.querySelector('input,button');
  if (i) i.focus({ preventScroll: true });
  scrollTo(0, s.getBoundingClientRect().top + pageYOffset - 90);
}
on(f, 'focusin', (e) => { const s = set(e); if (s && s !== cur) go(s, true); });
on(f, 'click', (e) => { const a = e.target.closest('.ans a'), s = a && of[a.hash.slice(2)]; if (s) { e.preventDefault(); if (narrow) $('card').open = false; go(s); } });
on(f, 'keydown', (e) => { if (e.key === 'Enter' && e.target.tagName === 'INPUT') e.preventDefault(); });

/* --- what the server says of the time --- */
function clockIs(j) {
  if (j.at) zero = j.at * SECOND - performance.now();
  if (typeof j.left === 'number') { end = performance.now() + j.left * SECOND; if (j.left > 0 && shut.over && !shut.moved) { told = Infinity; close('over', false); offer(true); tick(); } }
  paused(!!j.paused);
}
async function sync() {
  if (going) return;
  const n = of_.pulse ? room.lost : 0;
  try {
    const r = await (n ? ask(of_.pulse, post({ e: EPOCH, f: n, ms: room.longest })) : ask(of_.clock));
    if (r.status === 401) { signedOut(); return; }
    if (n) { room.lost -= n; room.longest *= !!room.lost; }
    if (r.status !== 200) return;
    const j = await r.json();
    if (j.go) { if (await flush()) leave(j.go); return; }
    if (j.e > EPOCH && !shut.moved) { await flush(); moved(); return; }
    clockIs(j);
    if ($('save').dataset.s === 'out') flush();
  } catch (e) { /* the next one */ }
}
setInterval(sync, LONGEST);
setInterval(() => { if (shut.paused) sync(); }, LONGEST / 3);
let again = 3 * SECOND;
async function over() {                          /* time is up: send what is left, then hand in; never leave the page before the server answers */
  if (going || shut.moved || shut.tab) return;
  close('over', true);
  if ($('dlg').open) $('dlg').close();
  if (!pending()) state('wait', say.over);
  if (await handIn(true) || !shut.over || going) return;
  offer(!pending());
  setTimeout(() => { if (shut.over) over(); }, again);
  again = Math.min(again * 2, LONGEST);
}
function tick() {
  if (shut.over || shut.paused || going) return;
  const s = Math.max(0, Math.ceil((end - performance.now()) / SECOND)), c = $('clock'), h = Math.floor(s / 3600);
  c.textContent = (h ? h + ':' : '') + two(Math.floor(s % 3600 / 60)) + ':' + two(s % 60);
  c.dataset.w = s <= 60 ? 'last' : s <= 300 ? 'warn' : '';
  const mark = [1, 5, 10, 30].filter((m) => s <= m * 60)[0];
  if (mark && mark < told) { if (told !== Infinity || s > mark * 60 - 5) $('warn').textContent = say.warn.replace('{n}', mark); told = mark; }
  if (!s && !shut.moved && !shut.tab) { over(); return; }
  setTimeout(tick, 250);
}

/* --- handing in --- */
async function handIn(late) {
  if (shut.moved || shut.tab || shut.paused) return false;
  sets.forEach((s) => { s.disabled = false; });  /* what is disabled would not be in the form */
  const form = new FormData(f);
  sets.forEach((s) => { s.disabled = any(); });
  while (busy) await new Promise((done) => setTimeout(done, 50));   /* a save on its way is waited for, never mistaken for a failed one */
  if (!(await flush())) return false;
  if (late) await sync();                        /* there may be more time by now */
  if (going || (late && !shut.over)) return false;
  store = load(); store.n += 1; write(KEY, store);
  form.set('do', 'hand_in'); form.set('seq', store.n); form.set('csrfmiddlewaretoken', token());
  try {
    const r = await ask(f.action, new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded');
    if (r.status === 401 || r.type === 'opaqueredirect') { signedOut(); return false; }
    if (r.status !== 200) throw new Error(r.status);
    leave((await r.json()).go);
    return true;
  } catch (e) { state('off', (shut.over ? say.sealed : say.offline).replace('{n}', pending())); return false; }
}
function count() { store = load(); store.n += 1; f.elements.seq.value = store.n; write(KEY, store); token(); }
on(f, 'submit', (e) => {                         /* the plain form, unless the dialogue is there to ask first; a next part waits for what is on its way */
  const b = e.submitter || d.activeElement, next = b && b.name === 'do' && b.value === 'next';
  if (next && pending()) { e.preventDefault(); flush().then((ok) => { if (ok) b.click(); }); }
  else if (next || !room.confirm) count();
  else { e.preventDefault(); if (!any()) { room.confirm(tally()); flush(); } }
});

/* --- what is rarely needed stands in desk.js: fetched once the line is idle, to be here when it is gone --- */
function offer(no) { if (room.file) { $('off').hidden = !!no; $('dfile').hidden = !!no; } }
const room = {
  f, $, say, of_, on, go, sets, box, flag, changed, any, KEY, PRE, EPOCH, read, write, forget, load, send, pending, close, state, link, handIn, offer, lost: 0, longest: 0, here: () => cur,
  resume() { store = load(); restore(); standing(); flush(); }
};
on(window, 'storage', (e) => { if (e.key === KEY && e.newValue) { store = load(); restore(); } });
clockIs({ left: +of_.left, paused: of_.paused });
tick();
const rest = () => import(of_.desk).then((m) => m.begin(room), () => { setTimeout(rest, LONGEST); });
flush().then(() => setTimeout(rest, 500));
