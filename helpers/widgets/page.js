// What the page does for a dashboard: installed once for a browser tab, then told of each that arrives.
// It runs as an attribute of an element, in whose scope bare names such as addEventListener are the element's.
(() => {
  const VERSION = '%VERSION%', page = window.coursePage;
  if (page && page.version === VERSION) return;
  page?.end();
  const ending = new AbortController(), on = {signal: ending.signal};
  const style = document.head.appendChild(document.createElement('style'));

  // Beside a picture that is tall for its width the sentence stands under the controls, where it has the room;
  // where once it had not, it stays below until the window changes.
  const low = new WeakMap(), long = new WeakMap();
  const tall = (root, area, words) => {
    const shape = root.querySelector('.course-drawn')?.style, size = `${area.clientWidth} ${area.clientHeight}`;
    const wanted = shape && !words && low.get(root) !== size + lecture() &&
      shape.getPropertyValue('--course-h') > 0.6 * shape.getPropertyValue('--course-w');
    root.classList.toggle('course-tall', !!wanted);
    const high = part => root.querySelector(`:scope > ${part}`)?.getBoundingClientRect().height ?? 0;
    if (wanted && high('.course-controls') + high('.course-said') > area.clientHeight - 40) {
      low.set(root, size + lecture());
      root.classList.remove('course-tall');
    }
  };

  // How much of the notebook's area is left for the picture of a dashboard.
  const fit = root => {
    const area = document.fullscreenElement === root ? root : root.closest('.jp-WindowedPanel-outer');
    const seen = root.querySelector('.course-seen');
    if (!area || !seen) return;
    const words = root.querySelector(':scope > .course-words')?.getBoundingClientRect().height ?? 0;
    root.classList.toggle('course-wordy', words > 0);
    // Once long, it stays so until the window changes: a text that grows and shrinks would make all jump.
    const size = `${area.clientWidth} ${area.clientHeight} ${lecture()}`;
    if (words > 0.56 * area.clientHeight) long.set(root, size);
    root.classList.toggle('course-long', long.get(root) === size);
    const asked = root.querySelector(':scope > .course-before .widget-htmlmath-content');
    root.classList.toggle('course-two-lines',
      !!asked && asked.scrollHeight > 2 * parseFloat(getComputedStyle(asked).fontSize));
    tall(root, area, words);
    const rows = new Map(), picture = seen.getBoundingClientRect();
    const wordy = root.matches('.course-wordy:not(.course-long)');      // the sentence stands beside the text
    for (const part of root.children) {         // what stands above or below the picture, row by row
      const {top, left, right, height} = part.getBoundingClientRect();
      if (!part.contains(seen) && !part.matches('.course-page, .course-before, .course-samples') && height
          && (right > picture.left + 1 && left < picture.right - 1 || wordy && part.matches('.course-said')))
        rows.set(Math.round(top), Math.max(height + 4, rows.get(Math.round(top)) ?? 0));
    }
    const above = Math.max(0, parseFloat(getComputedStyle(root).paddingTop) - 6);       // a line there
    const room = area.clientHeight - [...rows.values()].reduce((a, b) => a + b, 0) - 34 - above;
    root.style.setProperty('--course-room', Math.max(140, Math.floor(room)) + 'px');
  };
  // One that is worked by keys and grows below the window comes up; under the mouse nothing moves.
  const heights = new WeakMap();
  const stay = root => {
    const area = root.closest('.jp-WindowedPanel-outer')?.getBoundingClientRect();
    const {height, bottom} = root.getBoundingClientRect(), more = height - (heights.get(root) ?? height);
    heights.set(root, height);
    if (area && root.contains(document.activeElement) && pressed !== root && height <= area.height &&
        bottom > area.bottom && bottom - more < area.bottom + 12) root.scrollIntoView({block: 'nearest'});
  };
  const sizes = new ResizeObserver(found => new Set(found.map(({target}) =>
    target.closest('.course-dashboard'))).forEach(root => {
      if (root) { fit(root); stay(root) }
    }));
  const fitAll = () => document.querySelectorAll('.course-dashboard').forEach(fit);
  window.addEventListener('resize', fitAll, on);
  document.addEventListener('fullscreenchange', () => { fitAll(); setTimeout(fitAll, 150) }, on);

  // While work goes on beside the cells the kernel asks, by a number on a button, whether anybody sees it.
  const answered = new WeakMap();
  const answer = root => {
    const button = root.querySelector(':scope > .course-there');
    if (!button || button.textContent === answered.get(root)) return;
    answered.set(root, button.textContent);
    button.click();
  };

  // What can't be worked any more says so, before what was seen of it last.
  const ENDED = 'The kernel has ended: run the cell again.';
  const putOff = (root, words) => {
    const controls = root.querySelector(':scope > .course-controls');
    const line = root.querySelector(':scope > .course-said > .widget-html-content');
    if (!line || (line.querySelector('.course-gone b')?.textContent ?? '') === words) return;
    root.classList.toggle('course-off', words !== '');
    if (controls) controls.inert = words !== '';
    line.querySelector('.course-gone')?.remove();
    if (!words) return;
    const seen = line.textContent.trim() ? ' Seen last:' : '', gone = document.createElement('div');
    gone.className = 'course-status course-gone';
    gone.append(Object.assign(document.createElement('b'), {textContent: words}), seen);
    line.prepend(gone);
  };

  // Where the kernel ends, or starts anew, the widgets have this class.
  const putOffIfEnded = root => {
    if (!root.querySelector(':scope > .course-controls')) return;
    putOff(root, root.classList.contains('jupyter-widgets-disconnected') ? ENDED : '');
  };

  // What does not end in the window can be scrolled by keys.
  const reach = part => {
    if (part.scrollHeight <= part.clientHeight) return;
    part.tabIndex = 0;
    part.setAttribute('role', 'group');
    part.setAttribute('aria-label', 'What the network wrote');
  };

  // What controls lack: a slider's handle has no name, JupyterLab would take the keys that are pressed on a
  // control (a and b insert cells, d d deletes one), what is typed beside a slider of stops is not taken, a switch
  // does not say what it is and how it stands; and the line below is a status, the same all along.
  const complete = root => {
    const told = root.querySelector(':scope > .course-lecturing input');     // the kernel draws accordingly
    if (told && told.checked !== lecture()) told.click();
    answer(root);
    putOffIfEnded(root);
    root.querySelectorAll('.course-samples').forEach(reach);
    root.querySelectorAll('.widget-slider .noUi-handle').forEach(handle => handle.setAttribute('aria-label',
      handle.closest('.widget-slider').querySelector('.widget-label').textContent));
    root.querySelectorAll('.course-stops .widget-readout').forEach(stop =>
      Object.assign(stop, {contentEditable: 'false', tabIndex: -1}));
    root.querySelectorAll('button, input, select, textarea, summary, .widget-readout, [tabindex]').forEach(
      control => control.setAttribute('data-lm-suppress-shortcuts', ''));
    root.querySelectorAll('.course-option').forEach(option => option.querySelector('button').setAttribute(
      'aria-label', `${option.querySelector('button').textContent}: ${option.textContent.trim().slice(1)}`));
    root.querySelectorAll('.course-switches button').forEach(button => {
      button.setAttribute('aria-label', `${button.title}: ${button.textContent}`);
      button.setAttribute('aria-pressed', {0: 'false', 1: 'true'}[button.textContent] ?? 'mixed');
    });
    root.querySelectorAll('.widget-toggle-button, .widget-toggle-buttons button').forEach(button =>
      button.setAttribute('aria-pressed', String(button.classList.contains('mod-active'))));
    root.querySelectorAll('.course-said > .widget-html-content').forEach(line => {
      line.setAttribute('role', 'status');
      line.setAttribute('aria-live', root.classList.contains('course-training') ? 'off' : 'polite');
    });
    pointAgain(root);
  };

  // JupyterLab's own keys lead on while the notebook cell has the focus. It gets that by Escape, by a click on an
  // option, and when the button that has it goes or is switched off.
  const toCell = part => {
    const cell = part.closest('.jp-Cell');
    pointing = null;
    if (cell) cell.focus({preventScroll: true}); else document.activeElement.blur();
  };
  let held = null, around = null;           // the button with the focus, and the controls around it
  const gone = new MutationObserver(() => {
    const still = !held.disabled && held.getClientRects().length;
    if (!still && [held, document.body].includes(document.activeElement)) toCell(around);
  });
  const watchOver = button => {
    gone.disconnect();
    [held, around] = [button, button?.closest('.course-controls')];
    if (held) gone.observe(around, {attributeFilter: ['disabled', 'style'], childList: true, subtree: true});
  };

  // Words that point are one tab stop, in which the arrow keys lead on. When the sentence changes, the stop stays
  // at the word of the same number, and so does the focus, also where JupyterLab gives that to the cell because
  // a control was pressed.
  const stops = new WeakMap();
  let pointing = null, pressed = null;      // the dashboard of the word, and of the control pressed last
  const words = root => Array.from(root.querySelectorAll('.course-status [data-p]'));
  const stopAt = (root, word) => {
    stops.set(root, word.dataset.p);
    words(root).forEach(other => { other.tabIndex = other === word ? 0 : -1 });
  };
  const pointAgain = (root, takenBy = document.body) => {
    const all = words(root), word = all.find(one => one.dataset.p === stops.get(root)) ?? all[0];
    if (!word) return;
    if (word.tabIndex) stopAt(root, word);
    if (pointing === root && document.activeElement === takenBy) word.focus({preventScroll: true});
  };
  document.addEventListener('focusin', event => {
    watchOver(event.target.closest('.course-controls button'));
    const word = event.target.closest('.course-dashboard .course-status [data-p]');
    if (!word && pointing && pointing === pressed && event.target.contains(pointing))
      return void setTimeout(() => pointAgain(pressed, event.target));
    pointing = word?.closest('.course-dashboard') ?? null;
    if (word) stopAt(pointing, word);
  }, on);
  document.addEventListener('pointerdown', event => {
    const root = event.target.closest?.('.course-dashboard');
    pressed = event.target.closest?.('.course-controls') ? root : null;
    if (root !== pointing) pointing = null;
  }, {capture: true, ...on});
  document.addEventListener('keydown', event => {
    pressed = null;
    const root = event.target.closest?.('.course-dashboard');
    if (!root || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === 'Escape' && !document.fullscreenElement) toCell(root);
    const all = words(root), at = all.indexOf(event.target);
    if (at < 0) return;
    const to = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1}[event.key];
    if (to !== undefined) { event.preventDefault(); all[to]?.focus({preventScroll: true}) }
  }, {capture: true, ...on});

  // A number typed beside a slider counts with Enter; left without, it is put back. ipywidgets does so when it
  // finds no number, but it waits for an event that does not bubble.
  document.addEventListener('focusout', ({target, relatedTarget}) => {
    if (!target.isContentEditable || !target.closest('.course-dashboard')) return;
    target.textContent = '';
    target.dispatchEvent(new FocusEvent('blur', {bubbles: true, relatedTarget}));
  }, on);

  // The two keys that run a cell work on its controls too; on a question a letter chooses.
  window.addEventListener('keydown', event => {
    const control = event.target.closest?.('.course-dashboard [data-lm-suppress-shortcuts]');
    if (!control) return;
    if (event.key === 'Enter' && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      control.removeAttribute('data-lm-suppress-shortcuts');
      setTimeout(() => control.setAttribute('data-lm-suppress-shortcuts', ''), 0);
    } else if (/^[a-d]$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey &&
        !control.matches('input, textarea')) {
      const options = control.closest('.course-question')?.querySelectorAll('.course-option button') ?? [];
      options['abcd'.indexOf(event.key)]?.click();
    }
  }, {capture: true, ...on});
  // From the cell, or its toolbar, Tab goes to the first control of what the cell shows, before JupyterLab's own.
  window.addEventListener('keydown', event => {
    if (event.key !== 'Tab' || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    const cell = event.target.closest?.('.jp-Notebook .jp-Cell');
    if (!cell || event.target !== cell && !event.target.closest('.jp-cell-toolbar, .jp-cell-menu')) return;
    const controls = cell.querySelectorAll(
      '.course-controls :is(button, input, select, textarea, .noUi-handle)');
    const first = Array.from(controls).find(one => one.checkVisibility({visibilityProperty: true}) &&
      one.tabIndex >= 0 && !one.disabled && !one.closest('[inert]'));
    if (!first) return;
    event.preventDefault();
    first.focus();
  }, {capture: true, ...on});
  // JupyterLab looks for the heading that a link aims at by the link's encoded name, so not for one with a dot.
  document.addEventListener('click', event => {
    const link = event.target.closest?.('.jp-Notebook a[href^="#"]');
    const name = link && CSS.escape(decodeURIComponent(link.hash.slice(1)));
    const aim = name && link.closest('.jp-Notebook').querySelector(`[data-jupyter-id="${name}"], [id="${name}"]`);
    if (!aim) return;
    event.preventDefault();
    event.stopPropagation();
    aim.scrollIntoView();
  }, {capture: true, ...on});

  document.addEventListener('click', event => {
    const words = event.target.closest?.('.course-option-words');
    if (words && !event.target.closest('a')) words.parentElement.querySelector('button').click();
    if (event.detail && event.target.closest?.('.course-option')) toCell(event.target);
  }, on);

  // A cell that was just run keeps what it shows in view, though the next cell is the active one: while it runs
  // and for some seconds, in which it may still grow, until something is pressed or turned.
  let keeping = null;
  const runs = cell => !!cell.querySelector('.jp-InputPrompt')?.textContent.includes('*');
  const letGo = () => { keeping = null };
  const outputOf = cell => cell.querySelector('.jp-Cell-outputWrapper');
  const keepInView = cell => {
    const active = document.querySelector('.jp-Notebook .jp-Cell.jp-mod-active'), all = outputOf(cell);
    if (!all || !active || active !== cell && active !== cell.nextElementSibling) return;
    const room = cell.closest('.jp-WindowedPanel-outer')?.clientHeight ?? innerHeight;
    const part = all.offsetHeight > room && all.querySelector('.course-dashboard') || all;
    if (all.offsetHeight > 4) part.scrollIntoView({block: part.offsetHeight > room ? 'start' : 'nearest'});
  };
  const grown = new ResizeObserver(() => {
    if (keeping && Date.now() < keeping.until) keepInView(keeping.cell); else grown.disconnect();
  });
  const keep = cell => {
    keeping = {cell, until: Date.now() + 6000};
    grown.disconnect();
    if (outputOf(cell)) grown.observe(outputOf(cell));
    for (const wait of [60, 350, 800, 1500]) setTimeout(() => keeping?.cell === cell && keepInView(cell), wait);
    const mine = keeping, timer = setInterval(() => {
      if (keeping !== mine || Date.now() > mine.until) return clearInterval(timer);
      if (runs(cell)) mine.until = Date.now() + 6000;
    }, 500);
  };

  // Where a cell is run again, its old output goes before the new one is drawn: its height is held meanwhile, so
  // that nothing jumps, and what stands below isn't seen in its place: until there is something, and for two
  // seconds at most then.
  const hold = cell => {
    const part = outputOf(cell), height = part?.offsetHeight;
    if (!height || part.style.minHeight) return;
    part.style.minHeight = `${height}px`;
    let last = -1, same = 0, until = Date.now() + 2000;
    const timer = setInterval(() => {
      const now = part.querySelector('.jp-OutputArea')?.offsetHeight ?? 0;
      const running = runs(cell);
      if (running && !part.querySelector('.jp-OutputArea-output')) until = Date.now() + 2000;
      [last, same] = [now, now === last && !running ? same + 1 : 0];
      if (same < 4 && Date.now() < until) return;
      clearInterval(timer);
      part.style.minHeight = '';
    }, 80);
  };
  // JupyterLab scrolls a cell that is chosen by a press on it, and the press would miss what it was meant for.
  window.addEventListener('pointerdown', event => {
    const area = event.target.closest?.('.course-dashboard')?.closest('.jp-WindowedPanel-outer');
    if (!area) return;
    const top = area.scrollTop, back = () => { area.scrollTop = top };
    for (const soon of [0, 16, 40]) setTimeout(back, soon);
    requestAnimationFrame(back);
  }, {capture: true, passive: true, ...on});
  for (const name of ['keydown', 'pointerdown', 'wheel'])
    window.addEventListener(name, letGo, {capture: true, passive: true, ...on});

  // Lecture mode holds for the tab and for every one opened later, by a key or a button.
  const KEY = 'course-lecture-mode';
  const lecture = () => document.body.classList.contains('course-lecture');
  const setLecture = (wanted, remember = true) => {
    document.body.classList.toggle('course-lecture', wanted);
    try { if (remember) localStorage.setItem(KEY, wanted ? 'on' : '') } catch { /* a private window */ }
    document.querySelectorAll('.course-lecture-switch').forEach(button =>
      button.setAttribute('aria-pressed', String(wanted)));
    document.querySelectorAll('.course-dashboard').forEach(complete);
    fold(); wait(); setTimeout(fitAll, 60);
    window.dispatchEvent(new Event('resize'));
  };
  document.addEventListener('keydown', event => {
    if (event.altKey && event.shiftKey && event.code === 'KeyL') { event.preventDefault(); setLecture(!lecture()) }
  }, {capture: true, ...on});
  window.addEventListener('storage', event => { if (event.key === KEY) setLecture(event.newValue === 'on', false) }, on);

  // Cells that only import, or only show something, fold to a line in lecture mode.
  const folds = lines => {
    const code = lines.filter(line => line.trim() && !line.trim().startsWith('#'));
    const top = code.filter(line => !/^[\s)\]}]/.test(line));
    return code.length > 0 && (top.every(line => /^(import|from) /.test(line)) ||
      (top.length === 1 && /^(?!check_)[A-Za-z_.]+\(/.test(top[0])));
  };
  const fold = () => document.querySelectorAll('.jp-Notebook .jp-CodeCell').forEach(cell => {
    const lines = Array.from(cell.querySelectorAll('.cm-line'), line => line.textContent);
    if (lines.length) cell.classList.toggle('course-folded', folds(lines));
  });
  let due = 0;
  const watch = new MutationObserver(() => { if (lecture()) { clearTimeout(due);
    due = setTimeout(() => { fold(); wait() }, 120) } });
  watch.observe(document.body, {childList: true, subtree: true, attributeFilter: ['class']});

  const fill = root => {
    const said = root.querySelector('.course-tools span');
    if (document.fullscreenElement) return document.exitFullscreen();
    const refuse = () => { said.textContent = 'Your browser does not allow full-window view here.' };
    said.textContent = '';
    try { Promise.resolve(root.requestFullscreen()).catch(refuse) } catch { refuse() }
  };

  // Of samples that are too many for the window the newest are seen; what Reveal tells comes into view.
  const tail = root => {
    const samples = root.querySelector('.course-samples');
    if (samples) samples.scrollTop = samples.scrollHeight;
  };
  const showTold = root => {
    const told = root.querySelector('.course-told .course-because');
    if (told && !told.courseSeen) setTimeout(() => root.scrollIntoView({block: 'nearest'}), 80);
    if (told) told.courseSeen = true;
  };

  // In class, Shift-Enter first goes through a text that does not end on the screen. What a cell shows comes into
  // view whole by either key that runs it.
  window.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.altKey || !event.isTrusted) return;
    if (event.shiftKey === (event.ctrlKey || event.metaKey)) return;
    const cell = document.querySelector('.jp-Notebook .jp-Cell.jp-mod-active');
    const area = cell?.closest('.jp-WindowedPanel-outer');
    if (!area) return;
    const {bottom} = area.getBoundingClientRect(), below = cell.getBoundingClientRect().bottom - bottom;
    if (lecture() && event.shiftKey && cell.matches('.jp-MarkdownCell.jp-mod-rendered') && below > 12) {
      event.preventDefault(); event.stopImmediatePropagation();
      area.scrollBy({top: Math.min(below + 12, area.clientHeight - 80)});
    } else if (cell.matches('.jp-CodeCell')) {
      hold(cell); keep(cell);
    }
  }, {capture: true, ...on});

  // In class, a text that follows a cell which has not run to its end waits for it: it tells what is seen there.
  const wait = () => document.querySelectorAll('.jp-Notebook .jp-MarkdownCell').forEach(cell => {
    let before = cell.previousElementSibling;
    while (before && !before.matches('.jp-CodeCell')) before = before.previousElementSibling;
    const heading = cell.querySelector('.jp-RenderedMarkdown :is(h1, h2, h3)');
    const stands = before?.querySelector('.jp-InputPrompt')?.textContent.trim();
    cell.classList.toggle('course-waits', !!(lecture() && !heading && (stands === '[*]:' ||
      stands === '[ ]:' && !cell.matches('.jp-mod-active, .jp-mod-selected'))));
  });

  // It arrives again each time that JupyterLab puts its cell back on the page.
  const known = new WeakSet();
  const arrive = (root, made) => {
    const rules = root.querySelector('.course-page style').textContent;
    if (style.textContent !== rules) style.textContent = rules;
    root.querySelector('.course-lecture-switch')?.setAttribute('aria-pressed', String(lecture()));
    complete(root); fit(root); setTimeout(() => fit(root), 200);
    if (known.has(root)) return;
    known.add(root);
    new MutationObserver(() => {
      complete(root); fit(root); tail(root); showTold(root);
    }).observe(root, {childList: true, subtree: true});
    new MutationObserver(() => complete(root)).observe(root, {attributeFilter: ['class'], subtree: true});
    root.querySelectorAll(':scope > *').forEach(part => sizes.observe(part));
    const round = root.closest('.course-round');
    const cell = root.closest('.jp-Cell');
    if (cell && Math.abs(Date.now() - made) < 8000 && (!round || round.firstElementChild === root)) keep(cell);
  };
  window.coursePage = {version: VERSION, arrive, fill, setLecture, lecture,
    end() { ending.abort(); watch.disconnect(); gone.disconnect(); sizes.disconnect(); grown.disconnect(); style.remove() }};
  let wanted = '';
  try { wanted = localStorage.getItem(KEY) } catch { /* a private window */ }
  if (wanted === 'on') setLecture(true, false);
})();
