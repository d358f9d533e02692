/* A station on a tablet, enhanced: large buttons, a clock that runs on over a reload, and every touch is saved. Without this file the form saves and signs. */
const SECOND = 1000, d = document, $ = (i) => d.getElementById(i), f = d.querySelector('[data-station]'), say = f.dataset, KEY = 'station:' + location.pathname;
d.documentElement.classList.add('js');
const read = () => { try { return JSON.parse(localStorage.getItem(KEY)); } catch (e) { return null; } };
const write = (v) => { try { if (v) localStorage.setItem(KEY, JSON.stringify(v)); else localStorage.removeItem(KEY); } catch (e) { /* forbidden */ } };
const words = { go: $('go').textContent, stop: $('go').dataset.stop };
let began = (read() || {}).began || 0, spent = +f.elements.seconds.value || 0, timer = 0, busy = false, wait = 2 * SECOND, again = false, over = false;
const time = () => spent + (began ? Math.floor((Date.now() - began) / SECOND) : 0);
function show() {
  const s = time();
  $('time').textContent = Math.floor(s / 60) + ':' + (s % 60 < 10 ? '0' : '') + s % 60;
  $('time').dataset.w = s > say.minutes * 60 ? 'late' : '';
  f.elements.seconds.value = s;
}
const press = () => { $('go').textContent = began ? words.stop : words.go; };
$('go').addEventListener('click', () => {
  if (began) { spent = time(); began = 0; write(null); } else { began = Date.now(); write({ began }); }
  press(); show(); later(0);
});
setInterval(show, SECOND);
function paint() { f.querySelectorAll('[data-give]').forEach((b) => b.setAttribute('aria-pressed', $(b.dataset.give).value === b.dataset.points)); }
f.addEventListener('click', (e) => {
  const b = e.target.closest('[data-give]');
  if (b) { $(b.dataset.give).value = b.dataset.points; paint(); later(300); }
});
f.addEventListener('input', () => { paint(); later(1500); });
function later(ms) { clearTimeout(timer); timer = setTimeout(save, ms); }
async function save() {
  if (over) return;
  if (busy) { again = true; return; }
  busy = true; again = false;
  $('saved').textContent = say.saving;
  const body = new FormData(f);
  body.set('do', 'save');
  try {
    const r = await fetch(location.href, { method: 'POST', body, credentials: 'same-origin', headers: { Accept: 'application/json' } });
    const j = await r.json();
    if (j.known) { f.elements.known.value = j.known; $('saved').textContent = say.saved.replace('{p}', j.points); } else $('saved').textContent = j.error;
    wait = 2 * SECOND;
  } catch (e) { $('saved').textContent = say.offline; wait = Math.min(wait * 2, 30 * SECOND); later(wait); }
  busy = false;
  if (again) later(0);
}
f.addEventListener('submit', () => { over = true; clearTimeout(timer); show(); write(null); });
press(); show(); paint();
