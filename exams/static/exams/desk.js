/* The rarer half of the exam room, begun by exam.js with its own tools once the page is at rest: the question before handing in; the keyboard;
   one tab writes; how often the page was left; the answer file; what earlier turns of this browser never got through. */
const d = document, $ = (i) => d.getElementById(i), SECOND = 1000;
export function begin(room) { tabs(room); focus(room); keyboard(room); behind(room); if ($('dlg').showModal) dialogue(room); unsent(room); room.f.dataset.ready = 1; }
const unsent = (room) => import(room.of_.unsent).then((m) => { files(room, m); old(room, m); }, () => { setTimeout(unsent, 30 * SECOND, room); });

function behind({ f, say, on, close, state, link }) {   /* this page of the paper was left, in another window say: what is written here is kept and does not count */
  on(f, 'exam:ack', ({ detail }) => { if (detail.shut) { close('shut', true); state('off', ''); link(say.shut).href = location.pathname; } });
}

function keyboard({ say, on, go, here, sets, box, flag, changed, any }) {
  let keys = d.documentElement.dataset.size !== 'xl';
  const show = () => { $('kb').setAttribute('aria-pressed', keys); $('kb').textContent = keys ? say.kon : say.koff; };
  show();
  on($('kb'), 'click', () => { keys = !keys; show(); });
  on(d, 'keydown', (e) => {
    if (!keys || e.isComposing || e.keyCode === 229 || e.ctrlKey || e.altKey || e.metaKey || $('dlg').open) return;
    const t = e.target, s = here(), k = e.key.toUpperCase(), down = e.key === 'ArrowDown';
    if (t.tagName === 'TEXTAREA' || t.tagName === 'SELECT' || (t.tagName === 'INPUT' && !box(t))) return;
    if (down || e.key === 'ArrowUp') { e.preventDefault(); go(sets[sets.indexOf(s) + (down ? 1 : -1)]); }
    else if (any()) return;
    else if (k === 'M') { const c = flag(s); c.checked = !c.checked; changed(s); }
    else if (/^[A-J]$/.test(k)) {
      const o = s.querySelectorAll('.o input')[k.charCodeAt(0) - 65];
      if (o) { o.checked = o.type === 'checkbox' ? !o.checked : true; o.focus({ preventScroll: true }); changed(s); }
    }
  });
}

function dialogue(room) {
  const { say, on, go, handIn, offer, pending } = room, dlg = $('dlg'), calm = $('dm').textContent;
  room.confirm = ({ yes, no, fl }) => {
    $('d1').textContent = yes; $('d0').textContent = no.length; $('df').textContent = fl;
    const l = $('dl'); l.textContent = '';
    if (no.length) { const p = d.createElement('p'); p.className = 'sm'; p.textContent = say.open; l.appendChild(p); }
    no.slice(0, 30).forEach((n) => { const a = d.createElement('a'); a.className = 'num'; a.href = '#q' + n; a.textContent = n; l.appendChild(a); });
    dlg.showModal();
  };
  on($('dback'), 'click', () => dlg.close());
  on($('dl'), 'click', (e) => { if (e.target.hash) { e.preventDefault(); dlg.close(); go($(e.target.hash.slice(1))); } });
  on(dlg, 'close', () => { $('dm').textContent = calm; $('dfile').hidden = true; });
  on($('dgo'), 'click', async () => {
    $('dgo').disabled = true;
    if (!(await handIn())) { $('dm').textContent = say.wait; offer(!pending()); }
    $('dgo').disabled = false;
  });
}

function tabs({ say, of_, on, read, write, forget, close, state, link, resume }) {   /* Web Locks, or a lease that is renewed */
  const LEAD = 'exam-tab:' + of_.user + ':' + of_.attempt, me = Math.random().toString(36).slice(2);
  let leads = null;
  function lead(yes) {
    if (leads === yes) return;
    const first = leads === null;
    leads = yes; close('tab', !yes);
    if (yes) { if (!first) resume(); return; }
    state('off', '');
    const a = link(say.tab);
    a.href = '#'; on(a, 'click', (e) => { e.preventDefault(); take(true); });
  }
  function take(steal) {
    if (navigator.locks) {
      navigator.locks.request(LEAD, steal ? { steal } : {}, () => { lead(true); return new Promise(() => {}); }).catch(() => { lead(false); take(); });
      if (!steal) setTimeout(() => { if (!leads) lead(false); }, SECOND);
      return;
    }
    const l = read(LEAD), mine = steal || !l || l.id === me || Math.abs(Date.now() - l.t) > 7 * SECOND;
    if (mine) write(LEAD, { id: me, t: Date.now() });
    lead(!!mine);
    if (!steal) setTimeout(take, 2 * SECOND);
  }
  on(window, 'pagehide', () => { if (leads && !navigator.locks) forget(LEAD); });
  on(window, 'pageshow', (e) => { if (e.persisted) location.reload(); });
  take();
}

function focus(room) {                           /* counted when the page was out of sight or out of focus for more than two seconds; told with the next look at the clock */
  let away = 0;
  const gone = () => { away = away || performance.now(); };
  const back = () => {
    const ms = away && performance.now() - away;
    away = 0;
    if (ms > 2 * SECOND) { room.lost += 1; room.longest = Math.max(room.longest, Math.round(ms)); }
  };
  room.on(window, 'blur', gone); room.on(window, 'focus', back);
  room.on(d, 'visibilitychange', () => { if (d.hidden) gone(); else if (d.hasFocus()) back(); });
}

function files(room, m) {
  const { of_, say, on, load, EPOCH } = room;
  room.file = true;
  d.querySelectorAll('.getfile').forEach((b) => on(b, 'click', async () => {
    m.download(say.file.replace('{n}', of_.attempt + '-' + EPOCH), await m.file(load(), +of_.user, +of_.attempt, EPOCH));
  }));
}

async function old({ KEY, PRE, read, write, forget, send, pending }, m) {   /* under its own numbers; a server that was restored from a copy gets it again */
  let all = [], sent = false;
  try { all = Object.keys(localStorage).filter((k) => k.indexOf(PRE) === 0 && k !== KEY); } catch (e) { /* forbidden */ }
  for (const k of all) {
    const s = Object.assign(m.empty(), read(k)), n = m.waiting(s);
    try {
      const left = await m.resend(s, +k.slice(PRE.length), send, true);
      if (m.waiting(left)) write(k, left); else { forget(k); sent = sent || n > 0; }
    } catch (e) { /* again at the next load */ }
  }
  if (sent && !pending()) location.reload();
}
