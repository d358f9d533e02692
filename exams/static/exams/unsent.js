/* What a browser holds and the server has not acknowledged: sent late as evidence, or put into the answer file that the invigilator takes in.
   Used by the paper, the entry page and the receipt; loaded when it is needed or when the line is idle. ES2017 and import().
   A store: {n: last number used, d: {slot: {v, f}} not yet sent, t: when that was last changed, q: batches numbered and not acknowledged,
   j: acknowledged in the last quarter of an hour, bad: refused, a: {s, t} the last acknowledgement, k: the sitting's public key}; a batch: {s, i, t}.
   Times are milliseconds by the server's clock. docs/algorithms/answer-file.md */
export const empty = () => ({ n: 0, d: {}, t: 0, q: [], j: [], a: null });
export const items = (s) => Object.keys(s.d).map((n) => ({ n: +n, v: s.d[n].v, f: s.d[n].f }));
export const batches = (s) => s.q.concat(Object.keys(s.d).length ? [{ s: s.n + 1, i: items(s), t: s.t }] : []);
export const waiting = (s) => batches(s).concat(s.bad || []).reduce((n, b) => n + b.i.length, 0);

/* Send every batch under its own number; `post(epoch, batch)` gives {status, j}. Returns the store with what is left (perhaps nothing).
   Acknowledged are 200 and 409 with an address: kept, too late to count. */
export async function resend(s, epoch, post, again) {
  const left = Object.assign(empty(), s, { q: batches(s), d: {} });
  left.n += left.q.length > s.q.length ? 1 : 0;
  for (const b of (again ? s.j : [])) await post(epoch, b);
  while (left.q.length) {
    let b = left.q[0], a = await post(epoch, b);
    if (a.status === 409 && a.j.free) { b = Object.assign({}, b, { s: a.j.free }); a = await post(epoch, b); }
    if (a.status === 400) left.bad = (left.bad || []).concat([b]);
    else if (a.status !== 200 && !(a.status === 409 && a.j.go)) break;
    left.q.shift();
  }
  return left;
}

const bytes = (text) => new TextEncoder().encode(text);
const plain = (b) => Uint8Array.from(atob(b), (c) => c.charCodeAt(0));
const coded = (b) => btoa(Array.from(new Uint8Array(b), (c) => String.fromCharCode(c)).join(''));
async function seal(text, key, about) {          /* to the sitting's key: ECDH P-256, HKDF-SHA256, AES-256-GCM */
  const c = crypto.subtle, curve = { name: 'ECDH', namedCurve: 'P-256' }, iv = crypto.getRandomValues(new Uint8Array(12));
  const theirs = await c.importKey('raw', plain(key), curve, false, []);
  const pair = await c.generateKey(curve, true, ['deriveBits']);
  const secret = await c.importKey('raw', await c.deriveBits({ name: 'ECDH', public: theirs }, pair.privateKey, 256), 'HKDF', false, ['deriveKey']);
  const way = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: bytes('chizheng answer file 1') };
  const lock = await c.deriveKey(way, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  const own = new Uint8Array(await c.exportKey('raw', pair.publicKey));
  const shut = new Uint8Array(await c.encrypt({ name: 'AES-GCM', iv, additionalData: bytes(about) }, lock, bytes(text)));
  const all = new Uint8Array(own.length + iv.length + shut.length);
  all.set(own); all.set(iv, own.length); all.set(shut, own.length + iv.length);
  return coded(all);
}

/* The answer file as an object. Sealed where the browser can and the sitting has a key; else it says that it is plain. */
export async function file(s, user, attempt, epoch) {
  const anchor = { s: s.a ? s.a.s : 0, ms: 0 }, since = s.a ? s.a.t : s.o || 0;
  const journal = s.j.concat(batches(s)).map((b) => ({ s: b.s, i: b.i, ms: Math.round((b.t || since) - since) }));
  const content = { user, attempt, epoch, journal, anchor };
  if (s.bad) content.refused = s.bad.map((b) => b.i);
  const head = { v: 1, attempt, epoch };
  try { if (s.k) return Object.assign(head, { sealed: await seal(JSON.stringify(content), s.k, attempt + ':' + epoch) }); } catch (e) { /* no crypto.subtle here: plain */ }
  return Object.assign(head, { plain: content });
}
export function download(name, object) {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob([JSON.stringify(object)], { type: 'application/json' }));
  a.download = name; a.hidden = true; document.body.appendChild(a); a.click(); a.remove();
  setTimeout(() => URL.revokeObjectURL(a.href), 60000);
}
