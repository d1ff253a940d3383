// Lays the cells of a slide over as many slides as they need, below one another; then starts the deck.
const SIZE = {width: 1024, height: 768};

function leaves() {
  return Array.from(document.querySelectorAll('.slides section')).filter(s => !s.querySelector('section'));
}

// The parts of a slide that may stand apart: cells, and the two halves of a cell with code.
function parts(section) {
  return Array.from(section.children).flatMap(child => {
    const halves = child.matches('.jp-CodeCell') ? Array.from(child.children).filter(h => h.offsetHeight) : [];
    return halves.length > 1 ? halves.map(half => {
      const cell = child.cloneNode(false);
      cell.append(half);
      return cell;
    }) : [child];
  });
}

function lay(section, room) {
  if (section.offsetHeight <= room) return;
  const wanted = parts(section);
  section.replaceChildren();
  let page = section;
  for (const part of wanted) {
    page.append(part);
    if (page.offsetHeight > room && page.children.length > 1) {
      const next = section.cloneNode(false);
      next.removeAttribute('id');
      page.after(next);
      next.append(part);
      page = next;
    }
    if (page.offsetHeight > room) {
      page.classList.add('too-tall');
      page.style.maxHeight = `${room}px`;
    }
  }
}

async function start() {
  await MathJax.startup.promise;
  const slides = document.querySelector('.slides');
  slides.classList.add('measured');
  slides.style.width = `${SIZE.width}px`;
  leaves().forEach(section => lay(section, SIZE.height - 60));
  slides.style.width = '';
  slides.classList.remove('measured');
  await Reveal.initialize({
    ...SIZE, margin: 0, center: false, hash: true, transition: 'none', slideNumber: 'c/t', plugins: [RevealNotes],
  });
  document.body.dataset.ready = 'yes';
}
start();
