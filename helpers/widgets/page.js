// What the page does for a dashboard: installed once for a browser tab, then told of each that arrives.
(() => {
  const VERSION = '%VERSION%', page = window.coursePage;
  if (page && page.version === VERSION) return;
  page?.end();
  const ending = new AbortController(), on = {signal: ending.signal};
  const style = document.head.appendChild(document.createElement('style'));

  // How much of the notebook's area is left for the picture of a dashboard.
  const fit = root => {
    const area = document.fullscreenElement === root ? root : root.closest('.jp-WindowedPanel-outer');
    const seen = root.querySelector('.course-seen');
    if (!area || !seen) return;
    const words = root.querySelector(':scope > .course-words')?.getBoundingClientRect().height ?? 0;
    root.classList.toggle('course-wordy', words > 0);
    const share = root.classList.contains('course-long') ? 0.4 : 0.5;       // it stays as it is in between
    root.classList.toggle('course-long', words > share * area.clientHeight);
    const rows = new Map(), picture = seen.getBoundingClientRect();
    for (const part of root.children) {         // what stands above or below the picture, row by row
      const {top, left, right, height} = part.getBoundingClientRect();
      if (!part.contains(seen) && !part.matches('.course-page, .course-samples') && height
          && right > picture.left + 1 && left < picture.right - 1)
        rows.set(Math.round(top), Math.max(height + 4, rows.get(Math.round(top)) ?? 0));
    }
    const room = area.clientHeight - [...rows.values()].reduce((a, b) => a + b, 0) - 34;
    root.style.setProperty('--course-room', Math.max(140, Math.floor(room)) + 'px');
  };
  const sizes = new ResizeObserver(found => new Set(found.map(({target}) =>
    target.closest('.course-dashboard'))).forEach(root => root && fit(root)));
  const fitAll = () => document.querySelectorAll('.course-dashboard').forEach(fit);
  addEventListener('resize', fitAll, on);
  document.addEventListener('fullscreenchange', () => { fitAll(); setTimeout(fitAll, 150) }, on);

  // What controls lack: a slider's handle has no name, JupyterLab would take a menu's arrow keys, a switch does
  // not say what it is and how it stands; and the line below is a status, the same all along.
  const complete = root => {
    root.querySelectorAll('.widget-slider .noUi-handle').forEach(handle => handle.setAttribute('aria-label',
      handle.closest('.widget-slider').querySelector('.widget-label').textContent));
    root.querySelectorAll('select').forEach(menu => menu.setAttribute('data-lm-suppress-shortcuts', ''));
    root.querySelectorAll('.course-switches button').forEach(button => {
      button.setAttribute('aria-label', `${button.title}: ${button.textContent}`);
      button.setAttribute('aria-pressed', {0: 'false', 1: 'true'}[button.textContent] ?? 'mixed');
    });
    root.querySelectorAll('.widget-toggle-button, .widget-toggle-buttons button').forEach(button =>
      button.setAttribute('aria-pressed', String(button.classList.contains('mod-active'))));
    root.querySelectorAll('.course-said > .widget-html-content').forEach(line =>
      line.setAttribute('role', 'status'));
  };

  // A cell that was just run keeps its dashboard in view, though the next cell is the active one.
  const keepInView = root => {
    const cell = root.closest('.jp-Cell');
    const active = document.querySelector('.jp-Notebook .jp-Cell.jp-mod-active');
    if (cell && active && (active === cell || active === cell.nextElementSibling))
      root.scrollIntoView({block: 'nearest'});
  };

  // Lecture mode holds for the tab and for every one opened later, by a key or a button.
  const KEY = 'course-lecture-mode';
  const lecture = () => document.body.classList.contains('course-lecture');
  const setLecture = (wanted, remember = true) => {
    document.body.classList.toggle('course-lecture', wanted);
    try { if (remember) localStorage.setItem(KEY, wanted ? 'on' : '') } catch { /* a private window */ }
    document.querySelectorAll('.course-lecture-switch').forEach(button =>
      button.setAttribute('aria-pressed', String(wanted)));
    fold(); setTimeout(fitAll, 60);
    dispatchEvent(new Event('resize'));
  };
  document.addEventListener('keydown', event => {
    if (event.altKey && event.shiftKey && event.code === 'KeyL') { event.preventDefault(); setLecture(!lecture()) }
  }, {capture: true, ...on});
  addEventListener('storage', event => { if (event.key === KEY) setLecture(event.newValue === 'on', false) }, on);

  // Cells that only import, or only show something, fold to a line in lecture mode.
  const folds = lines => {
    const code = lines.filter(line => line.trim() && !line.trim().startsWith('#'));
    const top = code.filter(line => !/^[\s)\]}]/.test(line));
    return code.length > 0 && (top.every(line => /^(import|from) /.test(line)) ||
      (top.length === 1 && /^[A-Za-z_.]+\(/.test(top[0])));
  };
  const fold = () => document.querySelectorAll('.jp-Notebook .jp-CodeCell').forEach(cell => {
    const lines = Array.from(cell.querySelectorAll('.cm-line'), line => line.textContent);
    if (lines.length) cell.classList.toggle('course-folded', folds(lines) && !/check_/.test(lines.join()));
  });
  let due = 0;
  const watch = new MutationObserver(() => { if (lecture()) { clearTimeout(due); due = setTimeout(fold, 120) } });
  watch.observe(document.body, {childList: true, subtree: true});

  const fill = root => {
    const said = root.querySelector('.course-tools span');
    if (document.fullscreenElement) return document.exitFullscreen();
    const refuse = () => { said.textContent = 'The browser refuses to fill the window with this.' };
    said.textContent = '';
    try { Promise.resolve(root.requestFullscreen()).catch(refuse) } catch { refuse() }
  };

  // It arrives again each time that JupyterLab puts its cell back on the page.
  const known = new WeakSet();
  const arrive = (root, made) => {
    const rules = root.querySelector('.course-page style').textContent;
    if (style.textContent !== rules) style.textContent = rules;
    root.querySelector('.course-lecture-switch')?.setAttribute('aria-pressed', String(lecture()));
    complete(root); fit(root); setTimeout(() => fit(root), 200);
    if (known.has(root)) return;
    known.add(root);
    new MutationObserver(() => { complete(root); fit(root) }).observe(root, {childList: true, subtree: true});
    new MutationObserver(() => complete(root)).observe(root, {attributeFilter: ['class'], subtree: true});
    root.querySelectorAll(':scope > *').forEach(part => sizes.observe(part));
    if (root.closest('.jp-WindowedPanel-outer')) sizes.observe(root);
    if (Math.abs(Date.now() - made) < 8000)
      for (const wait of [60, 350]) setTimeout(() => keepInView(root), wait);
  };
  window.coursePage = {version: VERSION, arrive, fill, setLecture, lecture,
    end() { ending.abort(); watch.disconnect(); sizes.disconnect(); style.remove() }};
  let wanted = '';
  try { wanted = localStorage.getItem(KEY) } catch { /* a private window */ }
  if (wanted === 'on') setLecture(true, false);
})();
