/* The board renews itself: the same page is fetched and its middle exchanged. ES2017. */
const live = document.getElementById('live');
setInterval(() => {
  if (document.hidden || live.contains(document.activeElement)) return;
  fetch(location.href, { credentials: 'same-origin', redirect: 'error' }).then((r) => (r.ok ? r.text() : Promise.reject(r.status))).then((t) => {
    const fresh = new DOMParser().parseFromString(t, 'text/html').getElementById('live');
    if (fresh) { live.textContent = ''; while (fresh.firstChild) live.appendChild(document.adoptNode(fresh.firstChild)); }
  }).catch(() => {});
}, live.dataset.every * 1000);
