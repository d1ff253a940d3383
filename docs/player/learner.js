// A network that learns on the page, on the engine in helpers/runs/engine.js: on the first page of the site,
// and as the laboratory of a lesson. Its controls come from scripts/site/learner.py. Nothing leaves the page.

// A pasted text, as helpers.data reads it: own_text.py, corpus.py, ngrams.py. It runs in the worker.
function courseReader() {
  const MAX_BYTES = 20000000, MOST = 1000000, HELD_OUT = 2000, HELD_OUT_SCORES = 2000000;
  const MANY = 500, AS_SLOW = 200, LISTED = 6, ACCENTS = 30;
  const INVISIBLE = /(?![\u200b-\u200d])\p{Default_Ignorable_Code_Point}/gu;
  const CONTROLS = /[\x01-\x08\x0b-\x1f\x7f-\x9f]/g;
  const UNSEEN = /(?! )[\p{C}\p{Z}\u2800\ufffc]/u, ACCENT = /\p{M}/u;
  const TOO_MANY_ACCENTS = new RegExp(`(\\p{M}{${ACCENTS}})\\p{M}+`, 'gu');
  const LEFTWARD = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
  const WEB_PAGE = /^\s*(?=<)[^]{0,1000}?<(?:!doctype\s+)?html\b/i;
  const LABEL = 'The given text';
  const counted = (number, what) => `${number.toLocaleString('en')} ${what}${number > 1 ? 's' : ''}`;
  const numberOf = one => `U+${one.codePointAt().toString(16).toUpperCase().padStart(4, '0')}`;
  const sorted = characters => [...new Set(characters)].sort((a, b) => a.codePointAt() - b.codePointAt());
  const numbers = characters => {
    const all = sorted(characters).map(numberOf), more = all.length - LISTED;
    return [...all.slice(0, LISTED), ...more > 0 ? [`and ${more} more`] : []].join(', ');
  };
  const inWords = one => {
    const seen = !UNSEEN.test(one) && !ACCENT.test(one);
    const name = {' ': 'space', '\n': 'line end', '\t': 'tab'}[one] ?? (seen ? one : numberOf(one));
    return name !== one ? `the ${name}` : LEFTWARD.test(one) ? `'\u2068${one}\u2069'` : `'${one}'`;
  };
  const refuseOne = (different, label, where = '') => {
    if (different.length === 1) throw new RangeError(`${label} has only one distinct character${where}, ` +
      `${inWords(different[0])}, so there is nothing to predict. Use a text with at least two.`);
  };
  const refused = words => { throw new RangeError(`${LABEL} ${words}`) };
  const refuseDocument = text => {
    for (const [start, kind] of [['{\\rtf', 'an RTF document'], ['%PDF-', 'a PDF file']]) {
      if (text.trimStart().startsWith(start)) refused(`is ${kind}, not plain text: open it in the program for such ` +
        'documents, and save or copy its text as plain text in UTF-8.');
    }
  };

  // The text, and a note for each repair; a RangeError says why it can't be used.
  function readText(pasted) {
    let text = pasted.replace(/\p{Surrogate}/gu, '?');
    const notes = [];
    if (new Blob([text]).size > MAX_BYTES) refused('is larger than 20 MB. Use an excerpt, for example a few megabytes.');
    refuseDocument(text.slice(0, 100));
    const noText = 'is not plain text (a picture, an archive, an office document?): save it as plain text in UTF-8.';
    if (text.includes('\0')) refused(noText);
    if (text[0] === '\ufeff') { text = text.slice(1); notes.push('removed the byte order mark at the start') }
    if (text.includes('\r')) {
      text = text.replace(/\r\n?/g, '\n');
      notes.push('turned carriage returns at the ends of lines into line feeds');
    }
    const length = [...text].length, removed = text.match(CONTROLS)?.length ?? 0;
    if (removed * 10 > length) refused(noText);
    if (removed) { text = text.replace(CONTROLS, ''); notes.push(`removed ${counted(removed, 'control character')}`) }
    const invisible = text.match(INVISIBLE);
    if (invisible) {
      text = text.replace(INVISIBLE, '');
      notes.push(`removed ${counted(invisible.length, 'invisible character')} (${numbers(invisible)})`);
    }
    const fewer = text.replace(TOO_MANY_ACCENTS, '$1');
    if (fewer !== text) {
      notes.push(`removed ${counted([...text].length - [...fewer].length, 'accent')} beyond ${ACCENTS} in a row`);
      text = fewer;
    }
    const composed = text.normalize('NFC');
    if (composed !== text) { text = composed; notes.push('combined each letter and its accent into one character (NFC)') }
    refuseDocument(text);
    if (!text) refused('is empty. Use a text of at least a few hundred characters.');
    const different = [...new Set(text)];
    refuseOne(different, LABEL);
    if (WEB_PAGE.test(text)) notes.push('a web page, whose HTML tags will be learnt along with its words');
    const unseen = different.filter(one => !'\n\t\u200c\u200d'.includes(one) && UNSEEN.test(one));
    if (unseen.length) notes.push(`has characters that do not show (${numbers(unseen)})`);
    return {characters: [...text], notes};
  }

  // Mean loss of the n-gram models up to `order` on the held-out numbers, with Witten-Bell's smoothing.
  function ngramLoss(train, heldout, order, size) {
    const p = new Float64Array(heldout.length).fill(1 / size);
    let contexts = new Int32Array(train.length), context = new Int32Array(heldout.length), known = 1;
    for (let k = 0; k < Math.min(order, train.length, heldout.length); k++) {
      const total = new Int32Array(known + 1), distinct = new Int32Array(known + 1), counts = [], number = new Map();
      const next = new Int32Array(train.length);
      for (let i = k; i < train.length; i++) {
        const before = contexts[i - k], gram = before * size + train[i];
        total[before]++;
        if (!number.has(gram)) { distinct[before]++; number.set(gram, counts.push(0) - 1) }
        counts[next[i - k] = number.get(gram)]++;
      }
      for (let i = k; i < heldout.length; i++) {
        const before = context[i - k], gram = number.get(before * size + heldout[i]), kinds = Math.max(1, distinct[before]);
        p[i] = ((gram === undefined ? 0 : counts[gram]) + kinds * p[i]) / (total[before] + kinds);
        context[i - k] = gram ?? counts.length;
      }
      contexts = next; known = counts.length;
    }
    return p.reduce((sum, one) => sum - Math.log(one), 0) / p.length;
  }

  function ownCorpus(pasted) {
    const {characters: all, notes} = readText(pasted), used = all.slice(0, MOST), vocabulary = sorted(used);
    const different = vocabulary.length, told = ['your pasted text', ...notes.length ? [notes.join(', ')] : []];
    const cut = used.length - Math.min(HELD_OUT, Math.floor(HELD_OUT_SCORES / different), Math.floor(used.length / 10));
    if (cut < 100) throw new RangeError(`your pasted text has ${used.length} characters. Use a text of at least a few hundred.`);
    refuseOne(vocabulary, 'your pasted text', ` among the first ${used.length.toLocaleString('en')}`);
    if (all.length > used.length) told.push(`only the first ${MOST.toLocaleString('en')} characters`);
    if (different >= MANY) told.push(`${different.toLocaleString('en')} different characters: each update takes about ` +
      `${(different / AS_SLOW).toFixed()} times as long as with the play's 60`);
    const number = new Map(vocabulary.map((one, n) => [one, n])), ids = Int32Array.from(used, one => number.get(one));
    const [train, heldout] = [ids.subarray(0, cut), ids.subarray(cut)];
    return {title: told.join('; '), text: used.slice(0, cut).join(''), heldout: used.slice(cut).join(''),
      lines: {chance: Math.log(different), bigram: ngramLoss(train, heldout, 2, different),
        trigram: ngramLoss(train, heldout, 3, different)}};
  }
  return {ownCorpus, readText, ngramLoss};
}

// The worker of the engine, which also reads: {read: text} is answered by {read: corpus} or {refused: why}.
function courseReading(scope) {
  const {ownCorpus} = courseReader(), learn = scope.onmessage;
  scope.onmessage = event => {
    if (event.data.read === undefined) return learn(event);
    try { scope.postMessage({read: ownCorpus(event.data.read)}) }
    catch (error) { scope.postMessage({refused: error.message}) }
  };
}

(() => {
  'use strict';
  const FAULTS = ['state_not_carried', 'no_clipping', 'rate_times_ten', 'targets_not_shifted'];
  const NEW_RUN = ['cell', 'hidden_size', 'sequence_length', 'seed'];
  const RECENT = 1000, EARLIER = 5, SEEN = 100, SHORTEST = 500, TYPE = 13;
  const NORMS = [0.01, 100], BINS = 60;
  const INK = {loss: '#000', heldout: '#0072B2', gradient: '#D55E00', quiet: '#8A8A8A'};     // helpers/pictures/style.py
  const WORDS = {heldout: '#005C91', gradient: '#B04A00', quiet: '#5C5C5C'};
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const count = number => number.toLocaleString('en');
  const short = value => String(Number(value.toPrecision(2)));
  const spoken = fault => fault.replaceAll('_', ' ');
  const letters = text => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

  // The curves of a run on a canvas: the loss, and below it the gradient norms, as helpers/pictures/laboratory.py draws them.
  class Curves {
    constructor(view) { Object.assign(this, {view, canvas: make('canvas', {role: 'img'})}) }

    draw(run, earlier, clip, threshold) {
      const {canvas, view} = this, {clientWidth: width, clientHeight: height} = canvas;
      const ratio = Math.max(1, devicePixelRatio), fine = Math.round(width * ratio);
      if (!width) return;
      if (canvas.width !== fine) Object.assign(canvas, {width: fine, height: Math.round(height * ratio)});
      const pen = this.pen = canvas.getContext('2d');
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, width, height);
      pen.font = `${TYPE}px system-ui, sans-serif`;
      const top = 1.25 * run.lines.chance, left = 48, right = width - (view === 'norms' ? 84 : 62), bottom = height - 34;
      const low = view === 'loss' ? height - 38 : Math.round(0.62 * height) - 26;
      const x = n => left + (right - left) * n / run.end, y = loss => low - (low - 24) * Math.min(loss, top) / top;
      this.legend(left, width);
      this.frame(left, right, 24, low);
      for (let loss = 0; loss < top; loss++) this.word(String(loss), left - 6, y(loss), 'right');
      pen.save();
      pen.translate(12, (24 + low) / 2);
      pen.rotate(-Math.PI / 2);
      this.word('nats / character', 0, 0, 'center');
      pen.restore();
      this.updates(x, run.end, left, right, view === 'run' ? bottom : low);
      let before = -Infinity;
      for (const [name, loss] of Object.entries(run.lines).sort((a, b) => b[1] - a[1])) {
        this.line([left, right], [y(loss), y(loss)], '#5C5C5C', 1, [1, 3]);
        this.word(name, right + 5, before = Math.max(y(loss), before + TYPE + 2), 'left', WORDS.quiet);
      }
      earlier.forEach(({curve: [at, losses]}, n) => {
        this.line(at.map(x), losses.map(y), INK.quiet, 1.8, [6, 2, 1, 2]);
        const end = x(at.at(-1)), inside = at.at(-1) > 0.9 * run.end;
        const [aside, above, align] = inside ? [-4, 9, 'right'] : [4, 0, 'left'];
        this.word(String(n + 1), end + aside, y(losses.at(-1)) - above, align, WORDS.quiet);
      });
      const each = Math.max(1, Math.floor(run.loss.length / (right - left)));
      const some = (list, of) => list.filter((_, n) => n % each === 0).map((one, n) => of(one, n * each));
      const at = some(run.loss, (_, n) => x(n + 1));
      this.line(at, some(run.loss, y), '#8A8A8AB3', 0.8);
      this.line(at, some(run.smoothed, y), INK.loss, 2.2);
      const [measured, held] = [run.measured.map(([n]) => x(n)), run.measured.map(([, loss]) => y(loss))];
      this.line(measured, held, INK.heldout, 2, [6, 3]);
      measured.forEach((x, n) => this.dot(x, held[n]));
      if (view !== 'loss') this.norms(run, at, some, left, right, low, bottom, clip, threshold);
    }

    norms(run, at, some, left, right, low, bottom, clip, threshold) {
      const each = this.view === 'run', top = low + (each ? 30 : 58), [least, greatest] = NORMS;
      const share = norm => Math.log(Math.min(Math.max(norm, least), greatest) / least) / Math.log(greatest / least);
      const title = each ? 'gradient norm' : right - left > 330 ? 'how often each gradient norm occurs' : 'gradient norms';
      this.frame(left, right, top, bottom);
      this.word(title, left, top - 10, 'left', WORDS.gradient);
      if (clip !== 'off' && run.clipped.length)
        this.word(`clipped: ${(100 * run.share()).toFixed()}%`, right, top - 10, 'right', WORDS.gradient);
      const words = `clip ${short(threshold)}`, limit = (x, y, at) => {
        if (clip !== 'by norm') return;
        this.line(x, y, INK.loss, 2, [6, 4]);
        this.word(each ? words : `-- ${words}`, right + 5, at, 'left');
      };
      if (each) {
        const y = norm => bottom - (bottom - top) * share(norm);
        for (const norm of [0.01, 1, 100]) this.word(String(norm), left - 6, y(norm), 'right');
        this.line(at, some(run.norm, y), INK.gradient, 1.2);
        return limit([left, right], [y(threshold), y(threshold)], y(threshold));
      }
      const x = norm => left + (right - left) * share(norm), bars = new Array(BINS).fill(0);
      for (const norm of run.norm.slice(-RECENT)) bars[Math.min(BINS - 1, Math.floor(BINS * share(norm)))]++;
      const most = Math.max(1, ...bars), step = (right - left) / BINS, heights = bars.flatMap(one => [one, one]);
      this.line([left, ...heights.map((_, n) => left + step * Math.ceil(n / 2)), right],
        [bottom, ...heights.map(one => bottom - 0.95 * (bottom - top) * one / most), bottom], INK.gradient, 2);
      for (const norm of [0.01, 0.1, 1, 10, 100]) this.word(String(norm), x(norm), bottom + 12, 'center');
      limit([x(threshold), x(threshold)], [top, bottom], (top + bottom) / 2);
    }

    legend(left, width) {
      let at = left - 36;
      for (const [words, ink, thick, dash] of [['each update', '#8A8A8AB3', 0.8, []],
        [width > 480 ? 'smoothed over about 200' : 'smoothed', INK.loss, 2.2, []], ['held out', INK.heldout, 2, [6, 3]]]) {
        this.line([at, at + 20], [10, 10], ink, thick, dash);
        this.word(words, at + 25, 10, 'left');
        at += 25 + this.pen.measureText(words).width + 14;
      }
      this.dot(at - 14 - 25 - this.pen.measureText('held out').width + 10, 10);
    }

    updates(x, end, left, right, low) {
      const step = end / (right - left > 380 ? 5 : 2);
      for (let n = 0; n <= end; n += step) this.word(count(n), x(n), low + 12, n ? 'center' : 'left');
      this.word('updates', right + 56, low + 25, 'right');
    }

    frame(left, right, top, low) { this.line([left, left, right], [top, low, low], '#333', 1) }
    dot(x, y) { this.pen.fillStyle = INK.heldout; this.pen.beginPath(); this.pen.arc(x, y, 2.5, 0, 7); this.pen.fill() }

    word(words, x, y, align, ink = '#000') {
      Object.assign(this.pen, {fillStyle: ink, textAlign: align, textBaseline: 'middle'});
      this.pen.fillText(words, x, y);
    }

    line(x, y, ink, thick, dash = []) {
      const {pen} = this;
      Object.assign(pen, {strokeStyle: ink, lineWidth: thick, lineJoin: 'round'});
      pen.setLineDash(dash);
      pen.beginPath();
      x.forEach((one, n) => pen.lineTo(one, y[n]));
      pen.stroke();
      pen.setLineDash([]);
    }
  }

  // What is known of a run on this side of the worker.
  class Run {
    constructor(lines, on) {
      Object.assign(this, {lines, on, loss: [], smoothed: [], norm: [], clipped: [], measured: []});
      Object.assign(this, {updates: 0, written: '', rate: 0, broken: new Set()});
    }
    take({updates, points, heldout, written, rate}) {
      Object.assign(this, {updates, written, rate});
      for (const one of points) {
        for (const name of ['loss', 'smoothed', 'norm', 'clipped']) this[name].push(one[name]);
      }
      this.clipped.splice(0, this.clipped.length - RECENT);
      if (heldout) this.measured.push(heldout);
    }
    share() { return this.clipped.filter(Boolean).length / Math.max(1, this.clipped.length) }
    curve() {
      const each = Math.max(1, Math.floor(this.smoothed.length / 300)), at = [], losses = [];
      for (let n = 0; n < this.smoothed.length; n += each) { at.push(n + 1); losses.push(this.smoothed[n]) }
      return [at, losses];
    }
  }

  class Learner {
    constructor(root) {
      Object.assign(this, JSON.parse(root.dataset.learner), {root, earlier: [], loaded: {}, inputs: {}, on: {}});
      Object.assign(this, {number: 0, note: '', inView: false});
      this.front = this.mode === 'front';
      for (const [name, one] of Object.entries(this.controls)) if ('value' in one) this.on[name] = one.value;
      if (this.hidden_size) this.on.hidden_size = this.hidden_size;
      this.asked = {...this.on};
      this.wanted = this.front && !still.matches;
      if (this.before) this.earlier.push(this.before);
      this.arrange();
      const watch = new IntersectionObserver(entries => {
        this.inView = entries.at(-1).isIntersecting;
        this.follow();
      }, {threshold: 0.2});
      const idle = () => (window.requestIdleCallback ?? setTimeout)(() => watch.observe(this.seen));
      if (document.readyState === 'complete') idle(); else addEventListener('load', idle);
      document.addEventListener('visibilitychange', () => this.follow());
      addEventListener('resize', () => this.show());
    }

    // The page of it.

    arrange() {
      this.curves = new Curves(this.front ? 'loss' : this.view);
      this.pre = make('pre', {className: 'course-passage', role: 'group', ariaLabel: 'What the network writes'});
      this.writing = make('span');
      this.pre.append(this.writing);
      this.seen = make('div', {className: 'course-learning'}, this.curves.canvas, this.pre);
      this.said = make('div', {className: 'course-status', role: 'status'});
      this.told = make('p', {className: 'course-told'});
      this.grey = make('p', {className: 'course-grey'});
      const row = (names, ...more) => make('div', {className: 'course-controls'}, ...names.map(name => this.control(name)), ...more);
      const board = this.front ? this.frontBoard(row) : this.laboratory(row);
      this.root.append(make('div', {className: 'course-play course-dashboard course-moves course-learns'}, ...board));
      this.root.classList.add('course-ready');
      this.buttons();
    }

    frontBoard(row) {
      const faults = make('fieldset', {className: 'course-faults'}, make('legend', {textContent: 'Break it'}),
        this.control('targets_not_shifted'), this.control('state_not_carried'));
      const about = make('p', {className: 'course-grey', innerHTML: this.about});
      return [row(['train', 'reset']), this.seen, this.said, this.told, row(['learning_rate', 'threshold', 'temperature'], faults), this.grey, about];
    }

    laboratory(row) {
      const panels = Object.entries(this.rows).slice(0, 4), hint = make('p', {className: 'course-hint'});
      const hints = {...this.hints, Text: 'Paste your own text. This starts a new run. Nothing that you paste leaves this page.'};
      const link = (page, textContent) => make('a', {href: `../docs/${page}.html`, textContent});
      const file = make('p', {}, 'This page forgets the run when you leave it. To save and restore runs, or to read your ' +
        'own files, use the laboratory with Python: there is a way with ', link('nothing_to_install', 'nothing to install'),
      ', and one for ', link('hosting', 'your own computer'), '. ');
      const takes = make('button', {type: 'button', textContent: 'Take home'});
      takes.onclick = () => this.worker?.postMessage({weights: true});
      if (this.home) file.append('Take home saves a page in which this network writes, in any browser and offline.');
      const parts = panels.map(([name, names]) => name !== 'File' ? row(names) :
        make('div', {className: 'course-controls'}, file, ...this.home ? [takes] : []));
      const open = chosen => {
        parts.forEach((part, n) => { part.hidden = n !== chosen });
        tabs.forEach((tab, n) => tab.setAttribute('aria-pressed', String(n === chosen)));
        hint.textContent = hints[panels[chosen][0]] ?? '';
      };
      const tabs = panels.map(([name], n) => make('button', {type: 'button', textContent: name, onclick: () => open(n)}));
      open(0);
      return [make('div', {className: 'course-controls course-panels'}, ...tabs, hint), ...parts,
        row(this.rows.dials), row(this.rows.buttons), this.seen, this.said, this.told, this.grey];
    }

    control(name) {
      const {label, kind, value, min, max, step, options} = this.controls[name];
      const set = wanted => { this.asked[name] = wanted; this.turned(name) };
      if (kind === 'Button' || kind === 'ToggleButton') {
        return this.inputs[name] = make('button', {type: 'button', textContent: label, onclick: () => this.press(name)});
      }
      if (kind === 'Checkbox') {
        const box = this.inputs[name] = make('input', {type: 'checkbox', checked: value});
        box.onchange = () => set(box.checked);
        return make('label', {}, box, ` ${label}`);
      }
      if (kind === 'Dropdown') {
        const words = one => name === 'text' ? this.texts[one] : one;
        const menu = this.inputs[name] = make('select', {ariaLabel: label},
          ...options.map(one => make('option', {value: one, textContent: words(one), selected: one === value})));
        menu.onchange = () => set(menu.value);
        return make('label', {}, `${label} `, menu);
      }
      if (kind === 'Textarea') {
        const area = this.inputs[name] = make('textarea', {rows: 2, cols: 30, ariaLabel: label});
        area.onchange = () => {
          if (area.value === this.asked.paste) return;
          this.inputs.text.value = this.asked.text = 'paste';
          set(area.value);
        };
        area.onpaste = () => setTimeout(area.onchange);
        return make('label', {className: 'course-paste'}, `${label} `, area);
      }
      const log = kind === 'FloatLogSlider', output = make('output');
      const slider = this.inputs[name] = make('input', {type: 'range', ariaLabel: label, min, max, step,
        value: log ? Math.log10(value) : value});
      const take = () => {
        this.asked[name] = log ? 10 ** slider.value : Number(slider.value);
        output.textContent = this.worded(name, this.asked[name]);
        slider.setAttribute('aria-valuetext', output.textContent);
      };
      slider.oninput = () => { take(); if (!NEW_RUN.includes(name)) this.turned(name) };
      slider.onchange = () => { if (NEW_RUN.includes(name)) this.turned(name) };
      take();
      return make('label', {}, `${label} `, slider, output);
    }

    worded(name, value) {
      if (this.controls[name].kind === 'FloatLogSlider') return short(value);
      return name === 'temperature' ? value.toFixed(1) : String(value);
    }

    // What the reader wants.

    turned(name) {
      this.note = '';
      if (this.run?.updates) FAULTS.filter(fault => this.on[fault]).forEach(fault => this.run.broken.add(fault));
      this.on = {...this.asked, text: this.on.text};
      if (name === 'text' || name === 'paste') return this.read();
      if (NEW_RUN.includes(name)) this.begin();
      else if (this.run) {
        this.run.on = this.on;
        this.worker.postMessage({set: this.settings()});
      }
      this.buttons();
      this.say();
    }

    press(name) {
      this.note = '';
      if (name === 'train') { this.wanted = !this.wanted; return this.follow() }
      if (name === 'reset') {
        if (this.front) this.wanted = true;
        return this.corpus ? this.begin() : this.follow();
      }
      if (name === 'step') this.worker?.postMessage({step: true});
      if (name === 'sample') this.worker?.postMessage({write: 200});
    }

    settings() {
      const names = ['optimizer', 'learning_rate', 'clip', 'threshold', 'temperature', ...FAULTS];
      return Object.fromEntries(names.map(name => [name, this.on[name]]));
    }

    // It works only where it is seen.
    async follow() {
      const seen = this.inView && !document.hidden, runs = this.wanted && seen;
      if (seen && !this.worker) {
        this.worker = courseLearner(courseReader, courseReading, 'courseReading(self)');
        this.worker.onmessage = ({data}) => this.hear(data);
        await this.read();
        return;
      }
      if (!this.run || runs === Boolean(this.runs)) return this.buttons();
      this.runs = runs;
      if (runs && this.run.updates >= this.until) this.until = this.run.updates + this.updates;
      this.worker.postMessage({run: runs, until: this.until});
      this.said.setAttribute('aria-live', 'polite');
      this.buttons();
      this.say();
    }

    // The text that the menu names, and a new run on it.
    async read() {
      const name = this.asked.text;
      if (!this.worker) return;
      if (name === 'paste') return this.worker.postMessage({read: this.asked.paste});
      try { this.loaded[name] ??= await window.coursePart(`text-${name}.js`) } catch {
        this.note = 'The text could not be loaded. Check your connection, then choose it again.';
        return this.say();
      }
      if (name === this.asked.text) this.use(name, this.loaded[name]);
    }

    use(name, corpus) {
      const first = !this.corpus;
      this.begin(corpus, name);
      if (!first && this.corpus === corpus) this.note = `The network now reads ${corpus.title}.`;
      this.say();
    }

    // A new run; the curve of the old one turns grey. What can't be used leaves the old one.
    begin(corpus = this.corpus, text = this.on.text) {
      if (!this.worker || !corpus) return;
      const length = [...corpus.text].length, {sequence_length} = this.on;
      if (length <= sequence_length) return this.refuse(`length ${sequence_length} with batch 1 needs a text of at least ` +
        `${sequence_length + 1} characters, but this one has ${length}: use a length of at most ${length - 1}.`);
      this.keep();
      Object.assign(this, {corpus, words: new Set(letters(corpus.text)), run: new Run(corpus.lines, this.on)});
      Object.assign(this, {runs: false, until: this.updates});
      this.on.text = text;
      const {cell, hidden_size, seed} = this.on;
      const makes = {run: ++this.number, text: corpus.text, heldout: corpus.heldout, cell, hidden_size, sequence_length, seed};
      this.worker.postMessage({make: makes, set: this.settings()});
      this.follow();
    }

    refuse(why) {
      const stays = this.corpus ? ` Until you fix this, the current run is kept, and it trains on ${this.corpus.title}.` : '';
      this.note = `${why.replace(/\.$/, '')}.${stays}`;
      this.said.setAttribute('aria-live', 'polite');
      this.say();
    }

    keep() {
      if (!this.run || this.run.updates < Math.max(SEEN, this.run.end / 50)) return;
      this.earlier.push({words: this.inWords(), curve: this.run.curve()});
      this.earlier.splice(0, this.earlier.length - EARLIER);
    }

    hear(data) {
      if (data.refused) return this.refuse(data.refused);
      if (data.read) return this.use('paste', data.read);
      if (data.run !== this.number) return;
      if (data.weights) return this.takeHome(data.weights);
      this.run.take(data);
      if (data.failed || this.runs && !data.running && data.updates >= this.until) {
        this.wanted = this.runs = false;
        const [go, anew] = this.front ? ['Go on', 'Start again'] : ['Train', 'Reset'];
        if (data.failed) this.note = 'The run diverged, so its last update was undone. Lower the learning rate or the clip and ' +
          `press ${go} to continue. ${anew} starts over.`;
        this.said.setAttribute('aria-live', 'polite');
        this.buttons();
      }
      this.drawing ??= requestAnimationFrame(() => { this.drawing = null; this.show() });
    }

    // The network as a page of its own; the template is helpers/runs/take_home.html.
    async takeHome({cell, hidden_size, characters, vector, updates, loss}) {
      const template = await window.coursePart('take-home.js'), view = new DataView(new ArrayBuffer(4 * vector.length));
      vector.forEach((weight, n) => view.setFloat32(4 * n, weight, true));
      let bytes = '';
      new Uint8Array(view.buffer).forEach(byte => { bytes += String.fromCharCode(byte) });
      const title = this.corpus.title.split(';')[0];
      const network = JSON.stringify({cell, hidden_size, characters, weights: btoa(bytes), title, loss: loss ?? null, updates});
      const page = template.replace('<!-- engine -->', () => courseEngine)
        .replace('<!-- network -->', () => network.replaceAll('<', '\\u003c'));
      const href = URL.createObjectURL(new Blob([page], {type: 'text/html'})), link = make('a', {download: 'network.html', href});
      link.click();
      setTimeout(() => URL.revokeObjectURL(href), 10000);
    }

    // What is seen and said.

    show() {
      const {run} = this;
      if (!run) return;
      const last = Math.max(SHORTEST, run.updates, ...this.earlier.map(one => one.curve[0].at(-1)));
      const power = 10 ** Math.floor(Math.log10(last));
      run.end = [1, 2, 5, 10].map(step => step * power).find(size => size >= last);
      this.curves.draw(run, this.earlier, this.on.no_clipping ? 'off' : this.on.clip, this.on.threshold);
      if (this.writing.textContent !== run.written) this.writing.textContent = run.written;
      const runs = this.earlier.map(({words}, n) => `${n + 1}: ${words}`).join('; ');
      this.grey.textContent = runs && `Grey curves: ${runs}.`;
      this.say();
    }

    say() {
      if (!this.run) return;
      const words = this.front ? this.frontWords() : this.labWords();
      if (this.said.textContent !== words) this.said.textContent = words;
      this.curves.canvas.ariaLabel = `Loss while training: lower is better. ${words}`;
      if (this.told.textContent !== this.note) this.told.textContent = this.note;
      // what goes on by itself is not read out; what the reader does is
      if (this.runs) setTimeout(() => this.said.setAttribute('aria-live', 'off'), 500);
    }

    frontWords() {
      const {run} = this, written = letters(run.written).slice(1, -1).filter(word => word.length > 1);
      const chance = run.lines.chance.toFixed(2), last = run.smoothed.at(-1)?.toFixed(2);
      if (!last) return `Before its first update the network writes at random, with a loss of about ${chance} nats per character.` +
        (this.wanted ? '' : ' Press Start.');
      const known = Math.round(100 * written.filter(word => this.words.has(word)).length / Math.max(1, written.length));
      return `After ${count(run.updates)} updates the loss is ${last} nats per character (chance is ${chance}). ` +
        `Of the words that it writes, ${known}% occur in the play.${this.wanted ? '' : ' Press Go on to continue.'}`;
    }

    labWords() {
      const {run, until} = this, held = `held out ${(run.measured.at(-1)?.[1] ?? run.lines.chance).toFixed(2)} nats per character`;
      let state = this.runs ? 'training' : 'paused';
      const seconds = Math.round((until - run.updates) / run.rate);
      if (this.runs && run.rate) state += `, ${count(Math.round(run.rate))} updates per second, about ${count(seconds)} s to go`;
      const stands = run.updates ?
        `Update ${count(run.updates)} of ${count(until)} (${state}): smoothed loss ${run.smoothed.at(-1).toFixed(2)}, ${held}; ` +
        `${run.clipped.length === 1 ? `the last gradient was ${run.share() ? '' : 'not '}clipped` :
          `${(100 * run.share()).toFixed()}% of the last ${count(run.clipped.length)} gradients were clipped`}.` :
        `Before update 1 of ${count(until)}: ${held}. Press Train.`;
      return `${stands} ${this.inWords()}; temperature ${this.on.temperature.toFixed(1)}; it reads ${this.corpus.title}.`;
    }

    // The settings of a run, as run_in_words in helpers/widgets/laboratory/controls.py says them.
    inWords() {
      const {cell, hidden_size, sequence_length, seed, optimizer, clip, no_clipping, threshold} = this.run.on;
      const rate = short(this.run.on.learning_rate * (this.run.on.rate_times_ten ? 10 : 1));
      const faults = FAULTS.filter(fault => this.run.on[fault] || this.run.broken.has(fault)).map(spoken);
      const clips = clip === 'off' || no_clipping ? 'no clipping' : `clipped ${clip} at ${short(threshold)}`;
      return `${cell} with ${hidden_size} units, length ${sequence_length}, seed ${seed}, ${optimizer} at ${rate}, ` +
        `${clips}${faults.length ? `; broken on purpose: ${faults.join(', ')}` : ''}`;
    }

    buttons() {
      const {train, step, reset, sample, clip, threshold} = this.inputs, {front, wanted, on} = this;
      train.textContent = wanted ? 'Pause' : !front ? 'Train' : this.run?.updates ? 'Go on' : 'Start';
      if (front) reset.textContent = 'Start again';
      if (step) step.disabled = wanted;
      if (clip) clip.disabled = on.no_clipping;
      threshold.disabled = on.no_clipping || on.clip === 'off';
    }
  }

  const begin = () => {
    window.courseLearners = new Map([...document.querySelectorAll('.course-learner')].map(root => [root.id, new Learner(root)]));
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin); else begin();
})();
