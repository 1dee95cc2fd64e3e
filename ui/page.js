document.documentElement.lang = 'en-GB';
(() => {
  const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
  const show = (element) => element?.scrollIntoView({behavior: calm() ? 'auto' : 'smooth', block: 'start'});
  const box = () => document.querySelector('#sa-box textarea');
  window.stackAdvisor = {
    showAnswer() {
      const asked = document.querySelectorAll('#sa-chat .user-row');
      show(asked[asked.length - 1]);
    },
    focusBox() { box()?.focus(); },
  };
  async function copy(button) {
    const question = button.parentElement.querySelector('.sa-question');
    let done = true;
    try {
      await navigator.clipboard.writeText(question.textContent);
    } catch {
      getSelection().selectAllChildren(question);
      done = document.execCommand('copy');
    }
    const words = button.innerHTML;
    button.textContent = done ? 'Copied' : 'Selected: press Ctrl and C to copy';
    setTimeout(() => { button.innerHTML = words; }, 2500);
  }
  // A live region is heard only if it was there before its words: so the role is on the part that stays.
  const ready = () => document.querySelector('#sa-status')?.setAttribute('role', 'status') ?? setTimeout(ready, 100);
  ready();
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button.sa-copy');
    if (button) copy(button);
    const inner = event.target.closest('a[href^="#sa-"]');
    if (inner) {
      event.preventDefault();
      const part = document.querySelector(inner.getAttribute('href'));
      show(part);
      part?.focus({preventScroll: true});
    }
  });
})();
