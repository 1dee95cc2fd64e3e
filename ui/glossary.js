// Meanings of credit words: on hover and on focus everywhere, and marked in the chat's answers. Pressing, touching and Escape
// are the browser's own. See ui/glossary.py.
(() => {
  if (!('popover' in HTMLElement.prototype)) return;  // glossary.css then lists the meanings
  const PATIENCE = 300;  // milliseconds in which a pointer may travel from a term to its meaning
  const LEFT_ALONE = 'a,button,code,h1,h2,h3,h4,h5,h6,label,pre,summary,.sa-tip,.sa-hidden';
  const CHAT = '#sa-chat', ANSWER = '.bot .prose';
  let leaving, shownFor;

  const tipOf = (term) => document.getElementById(term.getAttribute('popovertarget'));
  const open = () => document.querySelector('.sa-tip:popover-open');
  const show = (term) => {
    clearTimeout(leaving);
    const tip = tipOf(term);
    if (tip === open() && term === shownFor) return;
    tip.hidePopover();  // it may stand beside another use of the same term
    tip.showPopover({source: term});
    shownFor = term;
  };
  const hide = () => {
    const tip = open();
    if (tip && document.activeElement?.getAttribute('popovertarget') !== tip.id) tip.hidePopover();
  };
  document.addEventListener('pointerover', (event) => {
    if (event.pointerType === 'touch') return;
    const over = event.target.closest('.sa-term, .sa-tip');
    clearTimeout(leaving);
    if (over?.matches('.sa-term')) show(over);
    else if (!over) leaving = setTimeout(hide, PATIENCE);
  });
  document.addEventListener('focusin', (event) => {
    if (event.target.matches('.sa-term:focus-visible')) show(event.target);
    else if (!event.target.closest('.sa-term, .sa-tip')) open()?.hidePopover();
  });

  const held = document.getElementById('sa-glossary');
  if (!held) return;
  const {pattern, means, spellings} = JSON.parse(held.textContent);
  const finder = new RegExp(pattern, 'g');
  const meaning = (found) => Object.hasOwn(spellings, found) ? spellings[found] : spellings[found.replace(/s$/, '')];

  // One tip for each term, outside the chat, whose text stays what was written.
  function tipFor(term) {
    const id = `sa-tip-chat-${term}`;
    if (document.getElementById(id)) return id;
    const tip = Object.assign(document.createElement('span'),
      {id, className: 'sa-tip', popover: 'auto', lang: 'en', textContent: means[term]});
    tip.setAttribute('role', 'tooltip');
    (document.querySelector('main') ?? document.body).append(tip);
    return id;
  }
  function marked(words, term) {
    const button = Object.assign(document.createElement('button'), {type: 'button', className: 'sa-term', textContent: words});
    const tip = tipFor(term);
    button.setAttribute('popovertarget', tip);
    button.setAttribute('popovertargetaction', 'show');
    button.setAttribute('aria-describedby', tip);
    return button;
  }
  function mark(answer) {
    const seen = new Set();
    const walker = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      // Only inside paragraphs and lists: the outermost nodes belong to Gradio, which takes them away again by itself.
      if (text.parentNode === answer || text.parentNode.closest(LEFT_ALONE)) continue;
      const parts = [];
      let done = 0;
      for (const match of text.data.matchAll(finder)) {
        const term = meaning(match[0]);
        if (term === undefined || seen.has(term)) continue;
        seen.add(term);
        parts.push(text.data.slice(done, match.index), marked(match[0], term));
        done = match.index + match[0].length;
      }
      if (parts.length) text.replaceWith(...parts, text.data.slice(done));
    }
  }
  const watch = () => {
    const chat = document.querySelector(CHAT);
    if (!chat) return setTimeout(watch, 100);
    const markAll = () => chat.querySelectorAll(ANSWER).forEach((answer) => answer.querySelector('.sa-term') ?? mark(answer));
    // Before the browser has drawn or read out the new answer: a screen reader then hears it once, as it stays.
    new MutationObserver(markAll).observe(chat, {childList: true, subtree: true});
    markAll();
  };
  watch();
})();
