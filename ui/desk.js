// What the adviser's desk does in the browser: brings deeds to the server, keeps the focus and half-typed words where a person
// expects them, delivers files. Everything else is HTML made in Python. See ui/adviser.py.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  let pressed = null, kept = [];
  const typed = new Map();

  const KEYS = ['do', 'view', 'id', 'case', 'file', 'name'];
  const selectorOf = (element) => KEYS.filter((key) => element.dataset[key] !== undefined)
    .reduce((selector, key) => `${selector}[data-${key}="${CSS.escape(element.dataset[key])}"]`, element.tagName.toLowerCase());
  const fieldsOf = (form) => (form.dataset.do === 'prior'
    ? {rows: all('.sa-item:not([hidden])', form)
      .map((row) => Object.fromEntries(all('[name]', row).map((field) => [field.name, field.value])))}
    : Object.fromEntries(new FormData(form)));
  function act(element, more = {}) {
    pressed = selectorOf(element);
    kept = halfTyped(element);
    typed.clear();
    element.closest('[popover]')?.hidePopover();
    window.adviserDesk.courier?.('click', {...element.dataset, ...more});
  }
  async function sendFile(input) {
    const file = input.files[0];
    if (!file) return;
    const bytes = await file.arrayBuffer();
    input.value = '';
    let text;
    try { text = new TextDecoder('utf-8', {fatal: true}).decode(bytes); } catch { text = null; }
    act(input, {do: input.dataset.file, ...(text === null ? {unreadable: 'yes'} : {text})});
  }

  // The server sends the whole view. What stands half typed in other forms, and what was open, stays.
  const halfTyped = (sent) => all('#ds-desk form[data-do]').filter((form) => form !== sent)
    .flatMap((form) => all('input:not([type=file]), select, textarea', form)
      .filter((field) => field.name && field.value !== (field.tagName === 'SELECT' ? chosen(field) : field.defaultValue))
      .map((field) => ({form: selectorOf(form), field: field.name, value: field.value})))
    .concat(all('#ds-desk details[data-key][open]').filter((one) => !one.contains(sent)).map((one) => ({open: one.dataset.key})));
  const chosen = (select) => (all('option', select).find((one) => one.defaultSelected) ?? $('option', select))?.value;
  function putBack() {
    // The page keeps its boxes and changes only what is in them, so what was sent would still stand there.
    all('#ds-desk form').forEach((form) => form.reset());
    // A person need not wait for an answer to go on typing.
    typed.forEach((value, field) => { field.value = value; });
    typed.clear();
    for (const {form, field, value, open} of kept) {
      if (open) $(`details[data-key="${CSS.escape(open)}"]`)?.setAttribute('open', '');
      else {
        const input = $(`${form} [name="${CSS.escape(field)}"]`);
        if (input) input.value = value;
      }
    }
    kept = [];
  }
  // Called when an answer is here; what it brings may be drawn a moment later.
  function settle({drawn, file}, patience = 300) {
    if (!$(`#ds-desk [data-drawn="${drawn}"]`) && patience > 0) {
      requestAnimationFrame(() => settle({drawn, file}, patience - 1));
      return;
    }
    if (file) deliver(file);
    requestAnimationFrame(() => {
      if (!pressed) return;
      putBack();
      $('#ds-status p')?.getAnimations().forEach((one) => { one.cancel(); one.play(); });
      focusAgain();
      pressed = null;
    });
  }
  function focusAgain() {
    const moved = /data-do="(leave|go|open|start|open_shared|delete)"/.test(pressed);
    const wrong = $('#ds-desk [data-focus]'), turns = all('#ds-desk .sa-turn');
    if (wrong) wrong.focus();
    else if (moved) { $('#ds-desk [data-heading]')?.focus({preventScroll: true}); scrollTo(0, 0); }
    else if (/data-do="ask"/.test(pressed)) {
      turns.at(-1)?.scrollIntoView({block: 'start'});
      $('#ds-ask-question')?.focus({preventScroll: true});
    } else {
      const again = $(pressed);
      (again?.checkVisibility() ? (again.tagName === 'FORM' ? $('button[type=submit]', again) : again) : $('#ds-desk [data-heading]'))
        ?.focus({preventScroll: true});
    }
  }
  function deliver({name, kind, base64}) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(new Blob([bytes], {type: kind})), download: name});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  // Rows of the form for prior learning.
  const number = (form) => all('.sa-item:not([hidden])', form).forEach((row, place) => {
    for (const part of [$('legend', row), $('[data-delete-row]', row)]) part.textContent = part.textContent.replace(/\d+/, place + 1);
  });
  function addRow(button) {
    const blank = $('.sa-item[hidden]', button.form), row = blank.cloneNode(true);
    row.hidden = row.disabled = false;
    blank.before(row);
    number(button.form);
    $('input', row).focus();
  }
  function deleteRow(button) {
    const form = button.form, row = button.closest('.sa-item'), next = row.nextElementSibling;
    row.remove();
    number(form);
    (next && !next.hidden ? $('input', next) : $('[data-add-row]', form)).focus();
  }

  document.addEventListener('click', (event) => {
    const target = event.target.closest('button');
    if (!target) return;
    if (target.matches('[data-do]')) act(target);
    else if (target.matches('[data-add-row]')) addRow(target);
    else if (target.matches('[data-delete-row]')) deleteRow(target);
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('form[data-do]')) return;
    event.preventDefault();
    act(event.target, fieldsOf(event.target));
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !event.target.matches('textarea[data-send]')) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  document.addEventListener('input', (event) => {
    if (pressed && event.target.matches('#ds-desk form[data-do] :is(input:not([type=file]), select, textarea)')) {
      typed.set(event.target, event.target.value);
    }
  });
  document.addEventListener('change', (event) => {
    if (event.target.matches('input[type=file][data-file]')) sendFile(event.target);
  });

  document.documentElement.lang = 'en-GB';
  window.adviserDesk = {settle, courier: null};
  // A live region is heard only if it was there before its words: so the role is on the part that stays.
  const ready = () => {
    const status = $('#ds-status');
    if (status) status.setAttribute('role', 'status');
    else setTimeout(ready, 100);
  };
  ready();
})();
