// Moves the dashboards of a page through what was played of them (scripts/site/play.py), and asks its questions.
// What a dashboard shows is loaded when it is first touched; what a reader chose is kept in this browser.
(() => {
  'use strict';
  const beside = document.currentScript?.src.replace(/[^/]*$/, '') ?? '';
  const make = (tag, properties = {}, ...children) => {
    const {data, ...others} = properties, made = Object.assign(document.createElement(tag), others);
    Object.assign(made.dataset, data);
    made.append(...children);
    return made;
  };
  const read = key => { try { return JSON.parse(localStorage.getItem(`course:${key}`)) } catch { return null } };
  const kept = {
    get: read,
    set: (key, value) => {
      try { localStorage.setItem(`course:${key}`, JSON.stringify(value)); return true } catch { return false }
    },
  };

  // as in player.css
  const phone = matchMedia('(max-width: 600px)');

  // What scripts hand over: images, and what is shown at each setting.
  const awaited = new Map();
  window.courseStates = (name, text) => awaited.get(name)?.(text);
  const handedOver = file => new Promise((found, failed) => {
    const inside = document.querySelector(`script[data-file="${CSS.escape(file)}"]`);
    const script = make('script', {src: `${beside}states/${file}`, onerror: failed});
    awaited.set(file.replace(/\.js$/, ''), found);
    if (inside) new Function('courseStates', inside.textContent)(window.courseStates);
    else document.head.append(script);
  });
  const unpacked = text => {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).json();
  };
  // For learner.js
  window.coursePart = file => handedOver(file).then(unpacked);
  // What an address has behind its #; a link that was cut in the middle of a letter leads nowhere.
  const placed = () => { try { return decodeURI(location.hash.slice(1)) } catch { return '' } };
  window.coursePlace = placed;
  // a value as it is in an address
  const typed = words => words.replace(/−/g, '-');
  const image = letters => new Promise(found => {
    const made = make('img', {decoding: 'sync', alt: '', src: `data:image/webp;base64,${letters}`});
    made.onload = made.onerror = () => found(made);
  });

  class Played {
    constructor(root) {
      Object.assign(this, JSON.parse(root.dataset.play), {root, images: {}, settings: {}, loads: {}});
      this.start = this.dials.map(dial => dial.start);
      this.now = [...this.start];
      this.shown = this.number();
      this.part = name => root.querySelector(`:scope > .course-${name}`);
      this.first = ['seen', 'words', 'said'].map(name => [name, [...this.part(name).childNodes]]);
      this.inputs = this.dials.map((dial, place) => this.input(dial, place));
      this.arrange();
      this.part('said').addEventListener('keydown', event => this.lead(event));
      this.part('said').addEventListener('focusin', ({target}) => { if (target.dataset.p) this.stopAt(target) });
      root.classList.add('course-moves');
      this.note = this.part('note').textContent;
    }

    // Of each dial what the page has, and how that is brought to a value.
    input(dial, place) {
      const go = value => this.go(place, value), last = dial.words.length - 1;
      if (dial.kind === 'menu') {
        const menu = make('select', {ariaLabel: dial.label}, ...dial.words.map(words => make('option', {textContent: words})));
        menu.onchange = () => { go(menu.selectedIndex); this.tell() };
        return {part: make('label', {}, `${dial.label} `, menu), turn: value => { menu.selectedIndex = value }};
      }
      if (dial.kind === 'slider') {
        const slider = make('input', {type: 'range', min: 0, max: last, step: 1,
          ariaLabel: dial.label}), words = make('output');
        slider.oninput = () => go(Number(slider.value));
        slider.onchange = () => this.tell();
        return {part: make('label', {}, `${dial.label} `, slider, words), turn: value => {
          slider.value = value; words.textContent = dial.words[value];
          slider.setAttribute('aria-valuetext', words.textContent);
        }};
      }
      if (dial.kind === 'switch') {
        const box = make('input', {type: 'checkbox', ariaLabel: dial.label});
        box.onchange = () => { go(Number(box.checked)); this.tell() };
        return {part: make('label', {}, box, ` ${dial.label}`), turn: value => { box.checked = value === 1 }};
      }
      const button = make('button', {type: 'button', className: `course-${dial.kind}`});
      button.onclick = () => { go((this.now[place] + 1) % dial.words.length); this.tell() };
      return {part: button, turn: value => {
        button.textContent = dial.kind === 'mark' ? dial.words[value] : dial.label;
        if (dial.kind === 'mark') button.setAttribute('aria-label', `${dial.label}: ${dial.words[value]}`);
        button.setAttribute('aria-pressed', {0: 'false', [last]: 'true'}[value] ?? 'mixed');
      }};
    }

    arrange() {
      const controls = this.part('controls'), rows = new Map();
      this.dials.forEach((dial, place) => {
        const {part, turn} = this.inputs[place];
        turn(this.start[place]);
        // said when it is moved
        const touched = () => this.load(this.at(place, this.now[place])).catch(() => {});
        for (const event of ['pointerenter', 'focusin', 'touchstart'])
          part.addEventListener(event, touched, {once: true, passive: true});
        if (!dial.row) return controls.append(part);
        if (!rows.has(dial.row)) {
          rows.set(dial.row, make('div', {className: 'course-row'}, make('span', {textContent: dial.row})));
          controls.append(rows.get(dial.row));
        }
        rows.get(dial.row).append(part);
      });
      if (this.steps >= 0) this.stepper(controls);
      if (!this.dials.length) return;
      const link = make('button', {type: 'button', className: 'course-link', textContent: 'Copy link',
        title: 'Copy a link to this page with its current settings'});
      link.onclick = async () => {
        this.tell();
        try { await navigator.clipboard.writeText(location.href); link.textContent = 'Copied' }
        catch { link.textContent = 'See the address' }
        setTimeout(() => { link.textContent = 'Copy link' }, 2000);
      };
      controls.append(link);
    }

    stepper(controls) {
      const place = this.steps, last = this.dials[place].words.length - 1;
      const to = value => { this.go(place, Math.min(Math.max(value, 0), last)); this.tell() };
      const button = (words, act) => make('button', {type: 'button', textContent: words, onclick: act});
      let playing = 0;
      const stop = () => { clearInterval(playing); playing = 0; play.textContent = 'Play' };
      const play = button('Play', () => {
        if (playing) return stop();
        if (this.now[place] >= last) to(0);
        play.textContent = 'Pause';
        playing = setInterval(() => { to(this.now[place] + 1); if (this.now[place] >= last) stop() },
          last > 12 ? 300 : 1000);
      });
      controls.append(make('span', {className: 'course-steps'}, button('Start', () => to(0)),
        button('Back', () => to(this.now[place] - 1)), button('Step', () => to(this.now[place] + 1)), play));
    }

    // The number of what is shown now: in full all combinations are in order, or else each dial stands alone.
    number() {
      if (this.full) return this.dials.reduce((sum, dial, place) => sum * dial.words.length + this.now[place], 0);
      const place = this.now.findIndex((value, n) => value !== this.start[n]);
      return place < 0 ? 0 : this.at(place, this.now[place]);
    }

    // Where what is shown is kept: what is drawn for a phone comes behind.
    key(number) { return number + (phone.matches && this.narrow || 0) }

    at(place, value) {
      if (this.full) return this.number();
      return 1 + this.dials.slice(0, place).reduce((sum, dial) => sum + dial.words.length, 0) + value;
    }

    go(place, value) {
      if (!this.full) this.now = [...this.start];
      this.now[place] = value;
      this.inputs.forEach(({turn}, n) => turn(this.now[n]));
      return this.draw();
    }

    async draw() {
      const number = this.number(), key = this.key(number);
      if (this.now.every((value, place) => value === this.start[place])) {
        this.shown = number;
        return this.again();
      }
      if (!this.settings[key]) {
        this.root.setAttribute('aria-busy', 'true');
        const note = this.part('note');
        try { await this.load(number); note.textContent = this.note } catch {
          note.textContent = 'This state could not be loaded. Check your connection, then move the control again.';
        }
        this.root.removeAttribute('aria-busy');
      }
      if (number === this.number() && this.settings[key]) {
        this.show(...this.settings[key]);
        this.shown = number;
      }
    }

    load(number) {
      const key = this.key(number), [file] = this.files.find(([, first, last]) => first <= key && key <= last);
      return this.loads[file] ??= handedOver(file).then(unpacked).then(async ({images, settings}) => {
        await Promise.all(Object.entries(images).map(async ([n, letters]) => {
          this.images[n] ??= await image(letters);
        }));
        Object.assign(this.settings, settings);
      }).catch(error => { delete this.loads[file]; throw error });
    }

    again() {
      this.first.forEach(([name, nodes]) => this.part(name).replaceChildren(...nodes));
      this.line = this.words = null;
    }

    show(base, over, [width, height], layer, text, said, words) {
      const seen = this.part('seen');
      if (base === null) seen.replaceChildren();
      else {
        const drawn = make('div', {className: 'course-drawn', style: `--course-w:${width};--course-h:${height};--course-words:${words}`});
        const frame = this.images[base];
        Object.assign(frame, {width, height, alt: layer.includes('role="img"') ? '' : make('p', {innerHTML: said}).textContent});
        drawn.append(frame);
        if (over) {
          const [number, left, top] = over, part = this.images[number];
          part.style.cssText = `left:${100 * left / width}%;top:${100 * top / height}%;` +
            `width:${100 * part.naturalWidth / width}%`;
          part.className = 'course-over';
          drawn.append(part);
        }
        drawn.insertAdjacentHTML('beforeend', layer);
        seen.replaceChildren(drawn);
      }
      if (this.words !== text) this.part('words').innerHTML = text;
      this.words = text;
      const status = this.part('said'), pointed = status.contains(document.activeElement);
      if (!this.line) {
        this.line = make('div', {className: 'course-status'});
        status.replaceChildren(this.line);
      }
      this.line.innerHTML = said;
      const all = this.pointing(), word = all.find(one => one.dataset.p === this.stop) ?? all[0];
      if (word) this.stopAt(word);
      if (pointed) word?.focus();
    }

    // Words that point at a part of the picture are one tab stop, in which the arrow keys lead on.
    pointing() {
      return [...this.part('said').querySelectorAll('[data-p]')];
    }

    stopAt(word) {
      this.stop = word.dataset.p;
      this.pointing().forEach(one => { one.tabIndex = one === word ? 0 : -1 });
    }

    lead(event) {
      const all = this.pointing(), at = all.indexOf(event.target);
      const to = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1}[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      all[to]?.focus({preventScroll: true});
    }

    // A link holds where the dials stand.
    tell() {
      const parts = this.dials.flatMap((dial, place) => this.now[place] === this.start[place] ? [] :
        [`${encodeURIComponent(dial.name)}=${encodeURIComponent(typed(dial.words[this.now[place]]))}`]);
      history.replaceState(null, '', `#${this.root.id}${parts.length ? '?' : ''}${parts.join('&')}`);
    }

    take(wanted) {
      this.now = [...this.start];
      for (const [name, words] of new URLSearchParams(wanted)) {
        const place = this.dials.findIndex(dial => dial.name === name), dial = this.dials[place];
        if (!dial) continue;
        const number = word => Number(typed(word).replace(/,/g, '')), far = word => Math.abs(number(word) - number(words));
        const same = dial.words.map(typed).indexOf(typed(words)), near = dial.words.reduce((best, word, n) =>
          far(word) < far(dial.words[best]) ? n : best, 0);
        if (same < 0 && Number.isNaN(number(words))) continue;
        if (!this.full) this.now = [...this.start];
        this.now[place] = same < 0 ? near : same;
      }
      this.inputs.forEach(({turn}, n) => turn(this.now[n]));
      return this.draw();
    }
  }

  // A question: options to choose from, and nothing told before Reveal.
  const answered = id => kept.get(id) !== null;
  const settle = () => document.querySelectorAll('.course-play[data-after]').forEach(root =>
    root.classList.toggle('course-asked', !answered(root.dataset.after)));
  const ask = root => {
    const id = root.dataset.question, list = root.querySelector('ol'), folded = root.querySelector('details');
    if (!id || !folded) return;
    const said = make('div', {role: 'status', className: 'course-status'}), told = make('div');
    const buttons = {}, row = make('div', {className: 'course-buttons'});
    const button = (words, act) => row.append(buttons[words] = make('button',
      {type: 'button', textContent: words, onclick: act}));
    // what was seen, in a sentence of one's own
    if (!list) {
      const line = make('input', {type: 'text', ariaLabel: 'one sentence of yours', value: kept.get(id) ?? ''});
      button('Show a sample answer', () => { kept.set(id, line.value); folded.open = true });
      folded.before(line, row);
      return;
    }
    const because = [...folded.querySelectorAll('.course-because')];
    const letterOf = part => part.textContent.trim()[0];
    const right = letterOf(because.find(part => / is right\./.test(part.querySelector('b').textContent)));
    let {first = '', last: chosen = '', revealed = false, skipped = false} = kept.get(id) ?? {};
    let covered = 'recall' in root.dataset && !revealed;
    const options = new Map([...list.children].map((item, n) => {
      const letter = 'abcd'[n], choice = make('button', {type: 'button', textContent: letter});
      const words = make('span', {}, ...item.childNodes);
      choice.setAttribute('aria-label', `${letter}: ${words.textContent}`);
      choice.onclick = words.onclick = () => {
        if (revealed) return;
        chosen = letter; first ||= letter; show();
      };
      return [letter, [choice, make('div', {className: 'course-option'}, choice, words)]];
    }));
    // the button that was pressed is gone
    const toOptions = () => options.get('a')[0].focus();
    const finish = words => {
      const done = kept.set(id, {first, last: chosen, revealed, skipped});
      show(words + (done ? '' : ' This browser keeps nothing, so this is not kept.'));
      settle();
    };
    button('Show the options', () => { covered = false; show(); toOptions() });
    button('Reveal', () => {
      revealed = true;
      finish(chosen === right ? `You chose ${right}. Correct.` : `You chose ${chosen}. The answer is ${right}.`);
    });
    button('Skip', () => { skipped = true; finish('Skipped. You can carry on without it.') });
    button('Try again', () => { first = chosen = ''; revealed = skipped = false; show(); toOptions() });
    const others = make('details', {}, make('summary', {textContent: 'The other options'}));
    const show = (words = '') => {
      options.forEach(([choice, line], letter) => {
        choice.setAttribute('aria-pressed', String(letter === chosen));
        line.hidden = covered;
      });
      for (const [name, seen] of [['Show the options', covered], ['Reveal', !revealed && !covered],
        ['Skip', !revealed && !skipped], ['Try again', revealed || skipped]]) buttons[name].hidden = !seen;
      buttons.Reveal.disabled = !chosen;
      told.hidden = !revealed;
      told.replaceChildren(...[...new Set([chosen, right])].map(letter => because.find(part =>
        letterOf(part) === letter)).filter(Boolean), others);
      others.append(...because.filter(part => part.parentElement !== told));
      said.textContent = words;
    };
    list.replaceWith(...[...options.values()].map(([, line]) => line), row, said, told);
    folded.remove();
    root.addEventListener('keydown', ({key, ctrlKey, altKey, metaKey}) => {
      if (!ctrlKey && !altKey && !metaKey) options.get(key)?.[0].click();
    });
    show(revealed ? 'You answered this before.' : '');
  };

  const begin = () => {
    const played = new Map([...document.querySelectorAll('.course-play[data-play]')].map(root => [root.id, new Played(root)]));
    document.querySelectorAll('.course-question[data-question]').forEach(ask);
    settle();
    const follow = () => {
      const [id, wanted] = placed().split(/\?(.*)/s);
      if (!played.has(id)) return;
      played.get(id).root.scrollIntoView({block: 'center'});
      played.get(id).take(wanted ?? '');
    };
    window.addEventListener('hashchange', follow);
    phone.addEventListener('change', () => played.forEach(one => one.draw()));
    follow();
    window.coursePlayed = played;
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin); else begin();
})();
