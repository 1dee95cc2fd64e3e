// What the page does in the browser: brings deeds to the server, keeps focus and words where a person expects them, and
// moves between the views. Everything else is HTML made in Python. See ui/page.py.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
  const show = (element) => element?.scrollIntoView({behavior: calm() ? 'auto' : 'smooth', block: 'start'});
  const wide = matchMedia('(min-width: 62rem)');
  const root = document.documentElement;
  const BOX = '#sa-box textarea';
  let pressed = null, held = null, beside = false, kept = [], turns = 0;

  // Deeds. A button or a form with data-do names one; its other data and its fields are what it is about.

  const OWN_EVENT = {over: 'clear'};
  const rest = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));
  async function act(element, more = {}) {
    // While a message is worked on the server takes no deed, so this one waits its turn.
    while ($('#sa-stop') && !(element.dataset.do in OWN_EVENT)) await rest(100);
    pressed = selectorOf(element);
    held = document.activeElement;
    beside = Boolean(element.closest('#sa-aside'));
    kept = halfTyped(element);
    element.closest('[popover]')?.hidePopover();
    if (element.dataset.do === 'retry') turns -= 1;
    const deed = {...element.dataset, ...more};
    window.stackAdvisor.courier?.(OWN_EVENT[deed.do] ?? 'click', deed);
  }
  const selectorOf = (element) => ['do', 'name', 'turn', 'course', 'award', 'route', 'form', 'share', 'code', 'up', 'file'].reduce((selector, key) =>
    element.dataset[key] === undefined ? selector : `${selector}[data-${key}="${CSS.escape(element.dataset[key])}"]`,
    element.tagName.toLowerCase());
  const fieldsOf = (form) => {
    const rows = all('.sa-item:not([hidden])', form)
      .map((row) => Object.fromEntries(all('[name]', row).map((field) => [field.name, field.value])));
    return form.dataset.do === 'prior' ? {rows} : Object.fromEntries(new FormData(form));
  };
  async function sendFile(input) {
    const file = input.files[0];
    if (!file) return;
    const bytes = await file.arrayBuffer();
    input.value = '';
    let text;
    try { text = new TextDecoder('utf-8', {fatal: true}).decode(bytes); } catch { text = null; }
    act(input, {do: input.dataset.file, ...(text === null ? {unreadable: 'yes'} : {text})});
  }

  // After an answer or a change. The server sends the HTML of what changed; what a person had open or half typed stays.

  const first = (field) =>
    field.tagName === 'SELECT' ? [...field.options].find((one) => one.defaultSelected)?.value ?? '' : field.defaultValue ?? '';
  function halfTyped(sent) {
    const typed = all('form[data-name]').filter((form) => form !== sent).flatMap((form) => all('input, select', form)
      .filter((field) => field.value !== first(field))
      .map((field) => ({form: form.dataset.name, field: field.name, value: field.value})));
    const open = all('details[data-key][open]').filter((one) => !one.contains(sent)).map((one) => ({open: one.dataset.key}));
    const prior = $('form[data-do=prior]');
    return [...open, ...typed, ...(prior && prior !== sent && 'touched' in prior.dataset ? [fieldsOf(prior)] : [])];
  }
  function putBack() {
    all('#sa-aside form').forEach((form) => form.reset());
    for (const {form, field, value, open, rows} of kept) {
      if (open) $(`details[data-key="${CSS.escape(open)}"]`)?.setAttribute('open', '');
      else if (rows) putBackRows(rows);
      else {
        const input = $(`form[data-name="${CSS.escape(form)}"] [name="${CSS.escape(field)}"]`);
        if (input) input.value = value;
      }
    }
    kept = [];
  }
  function putBackRows(rows) {
    const form = $('form[data-do=prior]'), blank = $('.sa-item[hidden]', form);
    all('.sa-item:not([hidden])', form).forEach((row) => row.remove());
    for (const cells of rows) {
      const row = rowLike(blank);
      for (const field of all('[name]', row)) field.value = cells[field.name] ?? '';
    }
    number(form);
    form.dataset.touched = '';
  }
  function settle(parcel) {
    if (parcel) deliver(parcel);
    drawn(() => {
      root.lang = $('.sa-header')?.dataset.lang ?? root.lang;
      if (pressed) putBack();
      const before = turns;
      turns = shownTurns();
      const answer = $(`#sa-answer-${turns}`);
      if (turns > before && answer) {
        say(answer);
        if (!$('#sa-talk').hidden) show(answer.closest('.sa-turn'));
        else $('#sa-tab-chat').dataset.new = '';
      }
      keepAddress();
      focusAgain(turns > before ? answer : null);
      pressed = null;
      mark();
    });
  }
  const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  const shownTurns = () => Number($('#sa-chat [data-turns]')?.dataset.turns ?? 0);
  // The address of a kept session is its private link, so that loading the page again brings it back. What follows # is never
  // sent to a server by the browser itself.
  function keepAddress() {
    const link = $('[data-link]')?.dataset.link ?? '';
    if (link !== location.hash && (link || location.hash.startsWith('#key='))) history.replaceState(null, '', link || location.pathname);
    const shown = $('[data-link]');
    if (shown) shown.dataset.value = new URL(link, location.href).href;
  }
  // The finished answer is put here once, as words: a screen reader reads it, and nothing else, without being asked.
  function say(answer) {
    const copy = $('.sa-prose', answer).cloneNode(true);
    all('.sa-tip', copy).forEach((tip) => tip.remove());
    $('#sa-heard').textContent = all('p, li', copy).map((part) => part.textContent).join(' ');
  }
  const SENDS = /data-do="say"/;
  // Gradio turns old elements into new ones, so what had the focus may be another button by now.
  function lostFocus() {
    const now = document.activeElement;
    if (!now || now === document.body) return true;
    return pressed !== BOX && now === held && (SENDS.test(pressed) || !now.closest(pressed));
  }
  function focusAgain(answer) {
    const wrong = $('[data-focus]');
    if (wrong && pressed) wrong.focus();
    else if (pressed && lostFocus()) {
      const name = beside && pressed.match(/data-name="([^"]*)"/)?.[1];
      const again = SENDS.test(pressed) ? undefined : [$(pressed), $(`details[data-key="${name}"] > summary`)]
        .find((one) => one?.checkVisibility() && one.tagName !== 'FORM');
      const panel = answer && !(beside || view() !== 'chat' && !wide.matches) ? answer : $(`#sa-view-${view()}`);
      // Focus in the box opens a phone's keyboard, which would cover the answer.
      const target = pressed === BOX && answer && !wide.matches ? answer : again ?? panel ?? box();
      target.focus({preventScroll: target.matches('.sa-answer')});
    }
  }
  function deliver({name, kind, base64}) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const link = Object.assign(document.createElement('a'),
      {href: URL.createObjectURL(new Blob([bytes], {type: kind})), download: name});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }
  const box = () => $(BOX);

  // Views. On a wide window the conversation is always there, and its tab is not.

  const view = () => (wide.matches && root.dataset.view === 'chat' ? 'answer' : root.dataset.view);
  function choose(name, {focus = false} = {}) {
    root.dataset.view = name;
    if (name === 'chat') delete $('#sa-tab-chat').dataset.new;
    mark();
    // Pictures that were drawn while they could not be seen do not know how wide they are.
    if (name === 'stack') dispatchEvent(new Event('resize'));
    if (focus) $(`#sa-tab-${view()}`)?.focus();
    else if (!wide.matches) scrollTo(0, name === 'chat' ? document.body.scrollHeight : 0);
  }
  function mark() {
    for (const tab of all('[data-tab]')) {
      const name = tab.dataset.tab, chosen = name === view(), panel = $(`#${tab.getAttribute('aria-controls')}`);
      tab.setAttribute('aria-selected', chosen);
      tab.tabIndex = chosen ? 0 : -1;
      if (name === 'chat') tab.hidden = wide.matches;
      if (!panel) continue;
      panel.hidden = !chosen && !(name === 'chat' && wide.matches);
      panel.tabIndex = -1;
      if (name === 'chat' && wide.matches) { panel.removeAttribute('role'); panel.removeAttribute('aria-labelledby'); } else {
        panel.setAttribute('role', 'tabpanel');
        panel.setAttribute('aria-labelledby', tab.id);
      }
    }
  }
  function step(tab, key) {
    const tabs = all('[data-tab]').filter((one) => !one.hidden), place = tabs.indexOf(tab), last = tabs.length - 1;
    const to = {ArrowRight: place === last ? 0 : place + 1, ArrowLeft: place === 0 ? last : place - 1, Home: 0, End: last}[key];
    if (to !== undefined) choose(tabs[to].dataset.tab, {focus: true});
    return to !== undefined;
  }

  // Rows of the form for what was studied before.

  function rowLike(blank) {
    const row = blank.cloneNode(true);
    row.hidden = row.disabled = false;
    blank.before(row);
    return row;
  }
  function addRow(button) {
    const row = rowLike($('.sa-item[hidden]', button.form));
    number(button.form);
    button.form.dataset.touched = '';
    $('input', row).focus();
  }
  function deleteRow(button) {
    const form = button.form, row = button.closest('.sa-item'), next = row.nextElementSibling;
    row.remove();
    number(form);
    form.dataset.touched = '';
    (next && !next.hidden ? $('input', next) : $('[data-add-row]', form)).focus();
  }
  const number = (form) => all('.sa-item:not([hidden])', form).forEach((row, place) => {
    for (const part of [$('legend', row), $('[data-delete-row]', row)]) part.textContent = part.textContent.replace(/\d+/, place + 1);
  });

  async function copy(button) {
    const source = $(`.${button.dataset.copy}`, button.closest('.sa-copyable, .sa-turn'));
    let done = true;
    try { await navigator.clipboard.writeText(source.dataset.value ?? source.innerText); } catch {
      getSelection().selectAllChildren(source);
      done = document.execCommand('copy');
    }
    const words = button.innerHTML;
    button.textContent = done ? button.dataset.done : button.dataset.byHand;
    setTimeout(() => { button.innerHTML = words; }, 2500);
  }

  document.addEventListener('click', (event) => {
    const target = event.target.closest('button, a');
    if (!target) return;
    if (target.matches('button[data-do]')) act(target);
    else if (target.matches('[data-copy]')) copy(target);
    else if (target.matches('[data-tab]')) choose(target.dataset.tab);
    else if (target.matches('[data-add-row]')) addRow(target);
    else if (target.matches('[data-delete-row]')) deleteRow(target);
    else if (target.matches('a[href^="#sa-"]')) {
      event.preventDefault();
      if (target.dataset.view) choose(target.dataset.view);
      const part = $(target.getAttribute('href'));
      show(part);
      (part?.matches('#sa-box') ? box() : part)?.focus({preventScroll: true});
    }
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('form[data-do]')) return;
    event.preventDefault();
    act(event.target, fieldsOf(event.target));
  });
  document.addEventListener('change', (event) => {
    if (event.target.matches('input[type=file][data-file]')) sendFile(event.target);
  });
  document.addEventListener('input', (event) => {
    const form = event.target.form;
    if (form?.dataset.do === 'prior') form.dataset.touched = '';
  });
  // A message from the box may change the profile too.
  const sending = () => { kept = halfTyped(null); pressed ??= BOX; };
  document.addEventListener('click', (event) => { if (event.target.closest('#sa-send')) sending(); }, true);
  document.addEventListener('keydown', (event) => {
    if (event.target === box() && event.key === 'Enter' && !event.shiftKey) sending();
    if (event.target.matches?.('[data-tab]') && step(event.target, event.key)) event.preventDefault();
  });
  wide.addEventListener('change', mark);

  root.lang = 'en-GB';
  root.dataset.view = 'chat';
  let courier = null;
  window.stackAdvisor = {
    settle,
    focusBox() {
      drawn(() => {
        turns = shownTurns();
        keepAddress();
        choose('chat');
        box()?.focus();
      });
    },
    get courier() { return courier; },
    set courier(trigger) {
      courier = trigger;
      if (location.hash.startsWith('#key=')) trigger('click', {do: 'resume', key: location.hash.slice(5)});
    },
  };
  // A live region is heard only if it was there before its words: so the role is on the part that stays.
  // What it told stays until a person goes on, and then no longer lies over the page.
  function tidy(status) {
    let since = 0;
    new MutationObserver(() => { since = performance.now(); delete status.dataset.old; }).observe(status, {childList: true, subtree: true});
    for (const event of ['pointerdown', 'keydown', 'wheel', 'touchmove'])
      document.addEventListener(event, () => { if (performance.now() - since > 2000) status.dataset.old = ''; }, {passive: true});
  }
  const ready = () => {
    if (!$('#sa-status') || !$('[data-tab]') || !$('#sa-view-answer')) return setTimeout(ready, 100);
    $('#sa-status').setAttribute('role', 'status');
    tidy($('#sa-status'));
    const heard = Object.assign(document.createElement('div'), {id: 'sa-heard', className: 'sa-hidden'});
    heard.setAttribute('role', 'status');
    document.body.append(heard);
    mark();
  };
  ready();
})();
