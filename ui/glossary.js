// Meanings of credit words on hover and on focus. Pressing, touching and Escape are the browser's own. See ui/glossary.py.
(() => {
  if (!('popover' in HTMLElement.prototype)) return;  // glossary.css then lists the meanings
  const PATIENCE = 300;  // milliseconds in which a pointer may travel from a term to its meaning
  let leaving;

  const tipOf = (term) => document.getElementById(term.getAttribute('popovertarget'));
  const open = () => document.querySelector('.sa-tip:popover-open');
  const show = (term) => {
    clearTimeout(leaving);
    const tip = tipOf(term);
    if (tip !== open()) tip.showPopover({source: term});
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
})();
