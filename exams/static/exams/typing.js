/* The typing test, enhanced: counts keys and time, shows them, takes no pasting, and locks the box when its seconds are over. Without this file it is a plain
   box and the server's own times count. While an input method composes, the key that was hit is not known (keyCode 229): in pinyin what counts is a
   committed piece, in Latin the candidate is told to switch. */
const SECOND = 1000, BEAT = 5 * SECOND, d = document;
const FAST = { insertFromPaste: 1, insertFromDrop: 1, insertFromYank: 1, insertReplacementText: 1 };
d.querySelectorAll('[data-typing]').forEach((box) => {
  const text = box.querySelector('textarea'), [ms, keys] = box.querySelectorAll('input[type=hidden]'), out = box.querySelector('[data-typing-say]'), say = out.dataset;
  const most = box.dataset.seconds * SECOND, latin = box.dataset.typing === 'latin';
  let began = 0, spent = 0, hits = 0, composing = false, beat = 0, sent = '';
  const now = () => performance.now();
  const tell = (words) => { if (out.textContent !== words) out.textContent = words; };
  function count() {
    const left = Math.max(0, Math.ceil((most - (began ? now() - began : spent)) / SECOND));
    tell(say.typingSay.replace('{n}', text.value.length).replace('{s}', left));
  }
  function lock() { text.readOnly = true; clearInterval(beat); beat = 0; tell(say.over); }
  function tick() {
    if (now() - began >= most) { lock(); return; }
    if (text.value !== sent && !composing) { sent = text.value; window.dispatchEvent(new Event('online')); }   /* send what stands there: the server sees it grow */
  }
  function start() { if (!began) { began = now() - spent; beat = setInterval(tick, BEAT); setTimeout(() => { if (beat && now() - began >= most) lock(); }, most - spent); } }
  function note() { if (!began) return; spent = Math.min(most, Math.round(now() - began)); ms.value = spent; keys.value = hits; count(); }
  function taken() { spent = +ms.value || 0; hits = +keys.value || 0; began = 0; clearInterval(beat); beat = 0; text.readOnly = spent >= most; if (text.readOnly) tell(say.over); }
  text.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || text.readOnly) return;
    if (latin && (e.isComposing || e.keyCode === 229)) { tell(say.ime); return; }
    if (e.key.length === 1 || e.isComposing || e.keyCode === 229) start();
    if (latin && (e.key.length === 1 || e.key === 'Enter')) hits += 1;
  });
  text.addEventListener('compositionstart', () => { composing = true; start(); });
  text.addEventListener('compositionend', () => { composing = false; if (!latin) hits += 1; note(); });
  ['paste', 'drop'].forEach((what) => text.addEventListener(what, (e) => { e.preventDefault(); tell(say.paste); }));
  text.addEventListener('beforeinput', (e) => { if (FAST[e.inputType]) { e.preventDefault(); tell(say.paste); } });
  text.addEventListener('input', (e) => { if (!composing && !e.isComposing) { start(); if (!latin && e.data) hits += 1; note(); } });
  box.closest('fieldset').addEventListener('exam:put', taken);   /* what was kept in this browser, or came from another tab */
  taken(); if (!text.readOnly) count();
});
