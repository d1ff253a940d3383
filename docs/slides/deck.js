// A clicker's keys go on with the deck also while a control has the focus; Escape leaves the control.
addEventListener('keydown', event => {
  if (event.key === 'PageDown') Reveal.next();
  else if (event.key === 'PageUp') Reveal.prev();
  else if (event.key === 'Escape' && document.activeElement !== document.body) document.activeElement.blur();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

addEventListener('load', async () => {
  const moved = document.getElementById(coursePlace().split('?')[0]);        // see player.js
  await Reveal.initialize({
    width: 1280, height: 720, margin: 0, maxScale: 5, center: false, controls: false, transition: 'none',
    hash: true, navigationMode: 'linear', slideNumber: 'c/t', pdfSeparateFragments: false, plugins: [RevealNotes],
    keyboardCondition: () => !document.activeElement.closest('.course-play'),   // there keys move the dashboard
  });
  if (moved) {
    const {h, v} = Reveal.getIndices(moved.closest('section section'));
    Reveal.slide(h, v);
  }
  document.body.dataset.ready = 'yes';
});
