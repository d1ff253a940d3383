// Lays what should stand on a slide over as many slides as it takes, then starts the deck.
const HEIGHT = 720;
const WIDTH = Math.round(Math.min(16 / 9, Math.max(4 / 3, screen.width / screen.height)) * HEIGHT);
const WIDE = WIDTH > 1125;              // here what the class reads has at least LETTER pixels
const LETTER = 18.1;                    // a little more, for what is rounded
const NEARLY = 0.94;                    // of that is enough where the words have grown
const LEAST = 0.7;                      // a picture with words beside it keeps this much of its width
const SIZES = WIDE ? ['', 'small', 'smaller'] : ['', 'small', 'smaller', 'smallest'];

const division = name => Object.assign(document.createElement('div'), {className: name});
const PICTURE = '.main :is(.course-drawn, figure img, img.drawing)';
const body = slide => slide.querySelector('.body');
const parts = slide => [...slide.querySelectorAll('.body .part')];
const fits = slide => slide.scrollHeight <= HEIGHT && slide.scrollWidth <= WIDTH;
const size = (element, name) => {
  element.classList.remove('large', ...SIZES.slice(1));
  if (name) element.classList.add(name);
};

// Another slide for text, after this one, with the same heading.
function another(slide) {
  const next = slide.cloneNode(false);
  next.className = 'slide text';
  next.append(slide.querySelector('header').cloneNode(true), division('body'));
  next.dataset.again = 'yes';
  slide.after(next);
  return next;
}

const printed = part => part.dataset.shows === 'The result';

// Type in which no line of code or of what it prints is broken, as far as one can read it.
function unwrap(element) {
  element.classList.add('whole');
  const all = [...element.querySelectorAll('pre:not(.course-passage)')];
  const broken = pre => pre.scrollWidth > pre.clientWidth;
  all.forEach(pre => size(pre, ''));
  all.filter(broken).forEach(pre => size(pre, 'small'));
  for (const name of ['smaller', 'smallest']) {
    all.filter(pre => pre.matches('.printed') && broken(pre)).forEach(pre => size(pre, name));
  }
  element.classList.remove('whole');
}

// Where to end slides, so that they are filled alike, and what belongs together stays so.
function ends(wanted, room) {
  const top = wanted.map(part => part.offsetTop);
  const bottom = wanted.map(part => part.offsetTop + part.offsetHeight);
  const best = [{cost: 0, from: 0}];
  for (let end = 1; end <= wanted.length; end++) {
    best[end] = {cost: Infinity, from: end - 1};
    for (let from = end - 1; from >= 0; from--) {
      const height = bottom[end - 1] - top[from];
      if (height > room && from < end - 1) break;
      const {withNext, cell} = wanted[from - 1]?.dataset ?? {};
      const torn = withNext !== undefined ? 1 : cell === wanted[from].dataset.cell ? 0.15 : 0;
      const cost = best[from].cost + (1 - height / room) ** 2 + 0.1 + torn;
      if (cost < best[end].cost) best[end] = {cost, from};
    }
  }
  const found = [];
  for (let end = wanted.length; end > 0; end = best[end].from) found.unshift(end);
  return found;
}

// A list that is too long is laid item by item.
function itemByItem(part) {
  const list = part.querySelector(':scope > ul, :scope > ol');
  if (!list) return;
  [...list.children].slice(1).reverse().forEach((item, place, items) => {
    const own = part.cloneNode(false), one = list.cloneNode(false);
    one.append(item);
    if (one.tagName === 'OL') one.start = items.length - place + 1;
    own.append(one);
    part.after(own);
  });
}

// A table that is too long is laid as several, each with the heading, and so is what was printed.
function inShares(part, room) {
  const lines = part.querySelector('pre.printed')?.textContent.trimEnd().split('\n');
  const rows = lines?.length ?? part.querySelectorAll('tbody tr').length;
  if (lines) size(part, '');
  const many = Math.ceil(part.offsetHeight / room / 0.9);
  const of = share => (row, place) => Math.floor(place * many / rows) === share;
  for (let share = many - 1; share >= 0 && rows; share--) {
    const own = part.cloneNode(true);
    size(own, '');
    if (share) own.querySelectorAll('thead').forEach(heading => { heading.dataset.again = 'yes' });
    own.querySelectorAll('tbody tr').forEach((row, place) => of(share)(row, place) || row.remove());
    if (lines) {
      const pre = own.querySelector('pre.printed');
      pre.textContent = lines.filter(of(share)).join('\n');
      if (share) pre.dataset.more = 'yes';
    }
    part.after(own);
  }
  if (rows) part.remove();
}

function layText(slide) {
  const room = HEIGHT - slide.offsetHeight + body(slide).offsetHeight;
  const tooLarge = part => part.offsetHeight > room || part.scrollWidth > part.clientWidth;
  parts(slide).filter(tooLarge).forEach(itemByItem);
  for (const name of SIZES.slice(1)) parts(slide).filter(tooLarge).forEach(part => size(part, name));
  parts(slide).filter(part => part.offsetHeight > room).forEach(part => inShares(part, room));
  const wanted = parts(slide);
  let from = 0, page = slide;
  for (const end of ends(wanted, room)) {
    if (from) page = another(page);
    body(page).append(...wanted.slice(from, end));
    size(page, page.querySelector('.code') ? '' : 'large');
    if (!fits(page)) size(page, '');
    from = end;
  }
  return page;
}

// How wide a picture must be for its smallest words to be read from the last row.
function legible(picture) {
  const {least} = picture.closest('[data-least]')?.dataset ?? {};
  const image = picture.matches('img') ? picture : picture.querySelector('img');
  return WIDE && least > 0 ? LETTER / least * image.naturalWidth : 0;
}

// Make the picture of a slide as wide as there is room for. Its width, or 0 if that is less than `least` of all.
function shrink(slide, least, needed = legible) {
  const picture = slide.querySelector(PICTURE);
  if (!picture) return Number(fits(slide));       // a dashboard that shows text
  slide.style.removeProperty('--most');
  const full = picture.offsetWidth, ratio = picture.offsetHeight / full;
  for (let width = full; width >= Math.max(least * full, needed(picture)); width -= Math.max(4, (slide.scrollHeight - HEIGHT) / ratio)) {
    slide.style.setProperty('--most', `${width}px`);
    if (fits(slide)) return width;
  }
  slide.style.setProperty('--most', `${least * full}px`);
  return 0;
}

// Make everything about a picture smaller until it fits. A text, or the controls, may stand beside it, and a
// long text in columns; a text that leaves no picture that can be read has its place.
function squeeze(slide) {
  const ways = [[], ['across'], ['across', 'columns']];
  const widest = needed => SIZES.some(name => {
    size(slide, name);
    const tried = way => {
      slide.classList.remove('across', 'columns', 'alone');
      slide.classList.add(...way);
      return shrink(slide, way.length ? 0.3 : 0.4, needed);
    };
    const widths = ways.map(tried), most = Math.max(...widths);
    return most && tried(ways[widths.indexOf(most)]);
  });
  const alone = () => slide.querySelector('.course-words:not(:empty)') && SIZES.some(name => {
    size(slide, name);
    slide.classList.remove('across', 'columns');
    slide.classList.add('alone');
    return fits(slide);
  });
  return widest(legible) || widest(picture => NEARLY * legible(picture)) || alone() || widest(() => 0);
}

// Picture, and beside it (or below, where the screen is not wide) as much of what is said of it as there is
// room for; what was printed stands below it. Returns what there is no room for.
function layPicture(slide) {
  const [picture, ...words] = parts(slide);
  const main = division('main'), beside = division('beside');
  slide.classList.remove('across', 'columns', 'alone');
  slide.querySelector('.shows').hidden = !picture.dataset.shows;
  size(slide, '');
  for (let many = words.length; many >= 0; many--) {
    if (many && many < words.length && 'withNext' in words[many - 1].dataset) continue;
    const here = words.slice(0, many);
    main.replaceChildren(picture, ...here.filter(printed));
    beside.replaceChildren(...here.filter(part => !printed(part)));
    body(slide).replaceChildren(main, ...(beside.children.length ? [beside] : []));
    slide.classList.toggle('two', beside.children.length > 0);
    unwrap(main);
    const steps = beside.children.length > 1 && !beside.querySelector(':scope > :not(:has(.fragment))');
    for (const way of steps ? ['beside', 'beside stack'] : ['beside']) {
      beside.className = way;
      if (!(many ? shrink(slide, LEAST) : squeeze(slide))) continue;
      size(beside, 'large');
      if (!fits(slide)) size(beside, '');
      return words.slice(many);
    }
  }
  return words;
}

function layQuestion(slide) {
  for (const name of ['large', ...SIZES]) {
    size(slide, name);
    if (fits(slide)) break;
  }
  return [];
}

const sameTitle = (one, other) => other && one.parentElement === other.parentElement
  && one.querySelector('h2').textContent === other.querySelector('h2').textContent;

// A few words stand on the slide of the question or picture that follows, if they drive nothing from it.
// An answer does not: it is about what came before.
function join(few, next) {
  if (!sameTitle(few, next) || next.matches('.text')) return;
  if (body(few).offsetHeight > 0.4 * HEIGHT || few.querySelector('.code, .answer')) return;
  const before = division('before'), words = parts(few), all = parts(next);
  const tried = () => {
    const left = next.matches('.question') ? 0 : layPicture(next).length;
    const picture = next.querySelector(PICTURE), width = picture?.offsetWidth;
    const found = {left, width, fits: fits(next) && !(picture && width < legible(picture))};
    body(next).replaceChildren(...all);
    return found;
  };
  const apart = tried();
  before.append(...words);
  body(next).before(before);
  const together = tried();
  const lost = together.left > apart.left || together.width < 0.8 * apart.width || !together.fits;
  if (lost) body(few).append(...words);
  else next.append(...few.querySelectorAll('aside'), ...next.querySelectorAll('aside'));
  (lost ? before : few).remove();
}

// What a slide shows, for the line below its heading: of text its first words or its code.
function shows(slide) {
  const found = parts(slide).map(part => part.dataset.shows);
  const later = slide.matches('.text') && (found.find(name => name.startsWith('In code')) || found.find(Boolean));
  return found[0] || later || (slide.dataset.again ? 'continued' : '');
}

function lay() {
  document.documentElement.classList.toggle('wide', WIDE);
  const all = document.querySelector('.slides');
  all.style.setProperty('--width', `${WIDTH}px`);
  all.classList.add('measuring');
  unwrap(all);
  const following = slide => slide.nextElementSibling ?? slide.parentElement.nextElementSibling?.firstElementChild;
  for (let slide = all.querySelector('section.slide'), next; slide; slide = next) {
    if (slide.matches('.text')) slide = layText(slide);
    next = following(slide);
    if (slide.matches('.text')) join(slide, next);
    else {
      const rest = slide.matches('.question') ? layQuestion(slide) : layPicture(slide);
      if (!rest.length) continue;
      const answers = rest.some(part => part.querySelector('.answer'));       // nothing after it is seen before
      if (answers || !(sameTitle(slide, next) && next.matches('.text'))) next = another(slide);
      body(next).prepend(...rest);
    }
  }
  for (const slide of all.querySelectorAll('section.slide')) slide.querySelector('.shows').textContent = shows(slide);
  // A slide does not begin empty.
  const first = all.querySelectorAll(':is(.text .body, .main) > .part:first-child .fragment:first-child');
  first.forEach(step => step.classList.remove('fragment'));
  all.classList.remove('measuring');
}

// A clicker's keys go on with the deck also while a control has the focus; Escape leaves the control.
addEventListener('keydown', event => {
  if (event.key === 'PageDown') Reveal.next();
  else if (event.key === 'PageUp') Reveal.prev();
  else if (event.key === 'Escape' && document.activeElement !== document.body) document.activeElement.blur();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// What a dashboard shows when it is moved can have another size than what it showed at first.
function watch(dashboard) {
  const slide = dashboard.closest('section.slide');
  const good = picture => fits(slide) && !(picture && picture.offsetWidth + 1 < legible(picture));
  new MutationObserver(() => good(slide.querySelector(PICTURE)) || squeeze(slide))
    .observe(dashboard, {childList: true, subtree: true});
}

addEventListener('load', async () => {
  const moved = document.getElementById(coursePlace().split('?')[0]);        // see player.js
  lay();
  document.querySelectorAll('.course-play').forEach(watch);
  await Reveal.initialize({
    width: WIDTH, height: HEIGHT, margin: 0, maxScale: 5, center: false, controls: false, transition: 'none',
    hash: true, navigationMode: 'linear', slideNumber: 'c/t', pdfSeparateFragments: false, plugins: [RevealNotes],
    keyboardCondition: () => !document.activeElement.closest('.course-play'),   // there keys move the dashboard
  });
  if (moved) {
    const {h, v} = Reveal.getIndices(moved.closest('section.slide'));
    Reveal.slide(h, v);
  }
  document.body.dataset.ready = 'yes';
});
