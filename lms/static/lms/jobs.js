// Moves the bar of unfinished jobs; loads the page again when one ends. Without it the page refreshes itself.
for (const box of document.querySelectorAll('[data-job]')) {
  const look = async () => {
    try {
      const answer = await fetch(box.dataset.job, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
      if (!answer.ok) return;
      const job = await answer.json();
      const bar = box.querySelector('progress');
      if (bar) { bar.max = job.total || 1; bar.value = job.done; }
      box.querySelector('[data-done]').textContent = job.done;
      box.querySelector('[data-total]').textContent = job.total;
      box.querySelector('[data-state]').textContent = job.state;
      if (job.finished) { location.reload(); return; }
    } catch (error) { /* the line is down: look again later */ }
    setTimeout(look, 1500);
  };
  setTimeout(look, 800);
}
