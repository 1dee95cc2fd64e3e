document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target, said = document.querySelector('#said'), here = location.pathname.replace(/\/$/, '');
  said.textContent = '';
  let answer = null;
  try { answer = await fetch(`${here}/login`, {method: 'POST', body: new FormData(form)}); } catch {}
  if (answer?.ok) { location.replace(here); return; }
  said.textContent = answer === null ? 'The server does not answer. Try again in a moment.'
    : answer.status === 429 ? 'Too many tries. Wait a little, then try again.'
    : answer.status < 500 ? 'That name and password do not belong together.' : 'Something went wrong on this side. Try again in a moment.';
  form.password.value = '';
  form.password.focus();
});
