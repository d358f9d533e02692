/* The board renews itself: what changes of it is fetched, nothing while nothing has changed. What is ticked stays ticked. ES2017. */
const d = document, live = d.getElementById('live'), lost = d.getElementById('lost'), asof = d.getElementById('asof');
const EVERY = live.dataset.every * 1000, SLOW = 10000, two = (n) => (n < 10 ? '0' : '') + n;
const began = performance.now(), first = +live.dataset.now;
let tag = '', heard = performance.now(), last = null;
d.documentElement.classList.add('js');

const pick = () => [].slice.call(live.querySelectorAll('[name=attempt]'));
function whole() {                               /* one box for all that stand in the list */
  const head = live.querySelector('thead .pick'), all = pick();
  if (!head || !all.length || head.querySelector('input')) return;
  const box = d.createElement('input');
  box.type = 'checkbox';
  box.setAttribute('aria-label', head.textContent);
  box.addEventListener('change', () => pick().forEach((i) => { i.checked = box.checked; }));
  head.appendChild(box);
}
function show(text) {
  const chosen = {}, focus = d.activeElement && live.contains(d.activeElement) ? d.activeElement.getAttribute('href') || d.activeElement.value : null;
  pick().forEach((i) => { if (i.checked) chosen[i.value] = 1; });
  const box = live.querySelector('.tw'), top = box ? box.scrollTop : 0, side = box ? box.scrollLeft : 0;
  const fresh = new DOMParser().parseFromString(text, 'text/html').body;
  live.textContent = '';
  while (fresh.firstChild) live.appendChild(d.adoptNode(fresh.firstChild));
  pick().forEach((i) => { i.checked = !!chosen[i.value]; });
  const now = live.querySelector('.tw');
  if (now) { now.scrollTop = top; now.scrollLeft = side; }
  whole();
  if (focus) { const again = [].slice.call(live.querySelectorAll('a,input')).filter((e) => (e.getAttribute('href') || e.value) === focus)[0]; if (again) again.focus({ preventScroll: true }); }
}
function clock() {
  const s = (first + Math.floor((performance.now() - began) / 1000)) % 86400;
  asof.textContent = asof.dataset.text.replace('{t}', two(Math.floor(s / 3600)) + ':' + two(Math.floor(s % 3600 / 60)) + ':' + two(s % 60));
}
async function look() {
  if (d.hidden || last) return;
  const u = new URL(location.href), mine = last = {};
  u.searchParams.set('part', 'rows');
  try {
    const slow = new Promise((_, no) => setTimeout(() => no(new Error('slow')), SLOW));
    const r = await Promise.race([fetch(u, { credentials: 'same-origin', redirect: 'error', cache: 'no-store', headers: tag ? { 'If-None-Match': tag } : {} }), slow]);
    if (r.status !== 200 && r.status !== 304) throw new Error(r.status);
    if (r.status === 200) { const text = await r.text(); tag = r.headers.get('ETag') || ''; show(text); }
    heard = performance.now(); clock();
  } catch (e) { /* the banner says so */ }
  if (last === mine) last = null;
}
setInterval(look, EVERY);
setInterval(() => {
  const n = Math.round((performance.now() - heard) / 1000), off = n * 1000 > EVERY + SLOW && !d.hidden;
  lost.hidden = !off;
  if (off) lost.textContent = lost.dataset.text.replace('{n}', n);
}, 1000);
d.addEventListener('visibilitychange', () => { if (!d.hidden) look(); });
addEventListener('online', look);
whole();
