/* File upload, enhanced: the file goes as soon as it is chosen, and its name and check sum become the answer. Without this file it is a plain form. */
document.querySelectorAll('[data-upload]').forEach((box) => {
  const file = box.querySelector('input[type=file]'), held = box.querySelector('input[type=hidden]'), out = box.querySelector('[role=status]'), say = out.dataset, form = file.form;
  const show = () => { const [, name, sum] = held.value.split(':'); out.textContent = name ? say.sayThere.replace('{name}', name).replace('{sum}', sum.slice(0, 12)) : say.sayNone; };
  file.addEventListener('change', async (e) => {
    e.stopPropagation();                         /* the choice is no answer yet */
    const chosen = file.files[0];
    if (!chosen) return;
    const body = new FormData();
    body.append('file', chosen);
    out.textContent = say.saySending.replace('{name}', chosen.name);
    try {
      const r = await fetch(box.dataset.upload, { method: 'POST', body, credentials: 'same-origin', headers: { Accept: 'application/json', 'X-CSRFToken': token() } });
      const j = await r.json();
      if (j.file) { held.value = j.file; show(); held.dispatchEvent(new Event('change', { bubbles: true })); } else out.textContent = j.error;
    } catch (no) { out.textContent = say.sayOffline; }
    file.value = '';
  });
  function token() {
    const m = document.cookie.split('; ').filter((c) => c.indexOf(form.dataset.cookie + '=') === 0)[0];
    return m ? m.slice(form.dataset.cookie.length + 1) : form.elements.csrfmiddlewaretoken.value;
  }
  box.closest('fieldset').addEventListener('exam:put', show);
});
